//! Jetty with its `DigestAuthenticator`.

use super::java::Program;

pub(crate) const PROGRAM: Program = Program {
    class: "JettyServer",
    source: include_str!("JettyServer.java"),
    jars: &[
        "jetty9-server",
        "jetty9-security",
        "jetty9-http",
        "jetty9-io",
        "jetty9-util",
        "servlet-api",
    ],
    package: "libjetty9-java",
};
