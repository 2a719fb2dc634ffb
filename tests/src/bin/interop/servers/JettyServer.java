import java.io.IOException;
import java.io.InputStream;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.security.ConstraintMapping;
import org.eclipse.jetty.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.DigestAuthenticator;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.AbstractHandler;
import org.eclipse.jetty.util.security.Constraint;
import org.eclipse.jetty.util.security.Credential;

/** Answers every request of the one user with "ok", once it has read the body. */
public final class JettyServer extends AbstractHandler {
    private static final String ROLE = "user";

    @Override
    public void handle(String target, Request base, HttpServletRequest request,
            HttpServletResponse response) throws IOException {
        try (InputStream body = request.getInputStream()) {
            byte[] buffer = new byte[8192];
            while (body.read(buffer) >= 0) {
                // Only its end is of interest.
            }
        }
        response.setContentType("application/json");
        response.getOutputStream().print("\"ok\"");
        base.setHandled(true);
    }

    /** Arguments: port, realm, user, password, seconds for which a connection is kept. */
    public static void main(String[] arguments) throws Exception {
        UserStore users = new UserStore();
        users.addUser(arguments[2], Credential.getCredential(arguments[3]), new String[] {ROLE});
        HashLoginService login = new HashLoginService(arguments[1]);
        login.setUserStore(users);

        Constraint constraint = new Constraint(Constraint.__DIGEST_AUTH, ROLE);
        constraint.setAuthenticate(true);
        ConstraintMapping everywhere = new ConstraintMapping();
        everywhere.setPathSpec("/*");
        everywhere.setConstraint(constraint);

        ConstraintSecurityHandler security = new ConstraintSecurityHandler();
        security.setAuthenticator(new DigestAuthenticator());
        security.setLoginService(login);
        security.addConstraintMapping(everywhere);
        security.setHandler(new JettyServer());

        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(Integer.parseInt(arguments[0]));
        connector.setIdleTimeout(1000L * Integer.parseInt(arguments[4]));
        server.addConnector(connector);
        server.setHandler(security);
        server.start();
        server.join();
    }
}
