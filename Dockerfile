# syntax=docker/dockerfile:1

# --- Build: the jar, and the small program that makes the class archive -----------------------------------------------
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /source
COPY .mvn/ .mvn/
COPY pom.xml LICENSE ./
COPY src/ src/
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q -Pfast -Dmaven.test.skip=true -Dlicense.skipAddThirdParty=false package \
    && mkdir /training && javac -d /training src/build/ArchiveTraining.java

# --- Run --------------------------------------------------------------------------------------------------------------
FROM eclipse-temurin:25-jre
RUN groupadd --system --gid 7775 quicsql \
    && useradd --system --uid 7775 --gid quicsql --home-dir /data --shell /usr/sbin/nologin quicsql \
    && install -d -o quicsql -g quicsql -m 0750 /data
COPY bin/quicsql /app/bin/
COPY --from=build /source/target/quicsql.jar /app/lib/
COPY deploy/docker/config.yml /app/
# The archive belongs to the very JVM and the very path that it was made with, so it is made here.
RUN --mount=type=bind,from=build,source=/training,target=/training \
    java -cp /training ArchiveTraining /app/bin/quicsql /app/lib

USER quicsql
WORKDIR /data
VOLUME /data
EXPOSE 7775 7776
HEALTHCHECK --interval=30s --timeout=10s --start-period=15s --retries=3 \
    CMD ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx16m", "-cp", "/app/lib/quicsql.jar", "net.quicsql.server.HealthProbe"]
ENTRYPOINT ["/app/bin/quicsql"]
CMD ["server", "/app/config.yml"]
