import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** The floor of start-up: a Dropwizard service with one resource and nothing else. */
public final class EmptyServer extends Application<Configuration> {
    public static void main(String[] arguments) throws Exception {
        new EmptyServer().run(arguments);
    }

    @Override
    public void run(Configuration configuration, Environment environment) {
        environment.jersey().register(new Nothing());
    }

    /** Answers with an empty text. */
    @Path("/")
    public static final class Nothing {
        @GET
        public String nothing() {
            return "";
        }
    }
}
