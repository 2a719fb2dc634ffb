import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import org.apache.catalina.Context;
import org.apache.catalina.authenticator.DigestAuthenticator;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.descriptor.web.SecurityCollection;
import org.apache.tomcat.util.descriptor.web.SecurityConstraint;

/** Answers every request of the one user with "ok", once it has read the body. */
public final class TomcatServer extends HttpServlet {
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        try (InputStream body = request.getInputStream()) {
            byte[] buffer = new byte[8192];
            while (body.read(buffer) >= 0) {
                // Only its end is of interest.
            }
        }
        response.setContentType("application/json");
        response.getOutputStream().print("\"ok\"");
    }

    /** Arguments: port, realm, user, password, seconds for which a connection is kept. */
    public static void main(String[] arguments) throws Exception {
        Connector connector = new Connector();
        connector.setProperty("address", "127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        connector.setProperty("keepAliveTimeout", arguments[4] + "000");

        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(".");
        tomcat.setConnector(connector);
        // Its realm keeps passwords as they are, and hashes them in the algorithm of each answer.
        tomcat.addUser(arguments[2], arguments[3]);

        SecurityCollection everywhere = new SecurityCollection();
        everywhere.addPattern("/*");
        SecurityConstraint constraint = new SecurityConstraint();
        constraint.addCollection(everywhere);
        constraint.addAuthRole(SecurityConstraint.ROLE_ALL_AUTHENTICATED_USERS);

        Context context = tomcat.addContext("", null);
        context.addConstraint(constraint);
        context.setLoginConfig(new LoginConfig("DIGEST", arguments[1], null, null));
        DigestAuthenticator digest = new DigestAuthenticator();
        // Its defaults today, said so that a later version tries the same.
        digest.setAlgorithms("SHA-256,MD5");
        digest.setNonceCountWindowSize(100);
        context.getPipeline().addValve(digest);
        Tomcat.addServlet(context, "ok", new TomcatServer()).addMapping("/*");

        tomcat.start();
        tomcat.getServer().await();
    }
}
