package net.quicsql.server;

import jakarta.validation.ValidatorFactory;

/**
 * Has the validator look at the classes of a configuration on a thread of its own while the file is read: that takes longer
 * than to read it, and is remembered. Stateless.
 */
final class ValidationWarmup {
    private ValidationWarmup() {}

    static void begin(ValidatorFactory validators) {
        Thread thread =
                new Thread(() -> validators.getValidator().validate(new QuicsqlConfiguration()), "validation-warmup");
        thread.setDaemon(true);
        // What it finds the configuration that counts is told again.
        thread.setUncaughtExceptionHandler((failed, reason) -> {});
        thread.start();
    }
}
