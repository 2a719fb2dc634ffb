//! Tomcat with its `DigestAuthenticator`, embedded, but from the libraries of the whole server:
//! the package of the embedded ones lacks the annotations that they load.

use super::java::Program;

pub(crate) const PROGRAM: Program = Program {
    class: "TomcatServer",
    source: include_str!("TomcatServer.java"),
    jars: &[
        "tomcat10-catalina",
        "tomcat10-coyote",
        "tomcat10-util",
        "tomcat10-util-scan",
        "tomcat10-juli",
        "tomcat10-api",
        "tomcat10-annotations-api",
        "tomcat10-jaspic-api",
        "tomcat10-servlet-api",
    ],
    package: "libtomcat10-java",
};
