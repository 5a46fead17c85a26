package net.quicsql.auth;

import static java.util.Objects.requireNonNullElse;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import net.quicsql.access.Principal;

/**
 * Lets a request pass to a resource method that takes a principal, or refuses it with UNAUTHENTICATED. Registered through
 * {@link io.dropwizard.auth.AuthDynamicFeature}, so methods without {@link io.dropwizard.auth.Auth} are public. Immutable.
 */
@Priority(Priorities.AUTHENTICATION)
public final class BearerAuthFilter implements ContainerRequestFilter {
    private final Authenticators authenticators;

    public BearerAuthFilter(Authenticators authenticators) {
        this.authenticators = authenticators;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        List<String> headers = requireNonNullElse(request.getHeaders().get(HttpHeaders.AUTHORIZATION), List.of());
        request.setSecurityContext(new Accepted(authenticators.authenticate(headers), request.getSecurityContext()));
    }

    private record Accepted(Principal principal, SecurityContext before) implements SecurityContext {
        @Override
        public Principal getUserPrincipal() {
            return principal;
        }

        @Override
        public boolean isUserInRole(String role) {
            return false;
        }

        @Override
        public boolean isSecure() {
            return before.isSecure();
        }

        @Override
        public String getAuthenticationScheme() {
            return "BEARER";
        }
    }
}
