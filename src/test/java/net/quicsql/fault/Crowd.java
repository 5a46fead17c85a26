package net.quicsql.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many clients at once, a thread each. Stateless. */
final class Crowd {
    private Crowd() {}

    /** What one of them does. */
    interface Member {
        void act(int number) throws Exception;
    }

    /** Lets all act and waits for them; fails as the first of them that fails. */
    static void run(int size, Member member) throws Exception {
        List<Callable<Void>> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int number = i;
            members.add(() -> {
                member.act(number);
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            for (Future<Void> one : threads.invokeAll(members)) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
