package io.kindred.bench.pipeline;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// A broker of Kafka in a process of its own, with Kafka's own settings but for the place of its
/// files. Owned by one thread.
final class BrokerProcess implements AutoCloseable {
  private static final String CLUSTER = "kindredkindredkindredA";
  private static final int ANSWER_SECONDS_MAX = 60;

  private final int port = freePort();
  private final Process process;

  /// Starts a broker and waits until it answers.
  BrokerProcess(Path directory) {
    try {
      Path settings = settings(directory, freePort());
      File log = directory.resolve("broker.log").toFile();
      java("kafka.tools.StorageTool", log, "format", "-t", CLUSTER, "-c", settings.toString())
          .waitFor();
      process = java("kafka.Kafka", log, settings.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    createTopic("ready", 1);
  }

  private Path settings(Path directory, int controllerPort) throws IOException {
    List<String> lines =
        List.of(
            "process.roles=broker,controller",
            "node.id=1",
            "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
            "controller.listener.names=CONTROLLER",
            "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs=" + directory.resolve("kafka"),
            "offsets.topic.replication.factor=1",
            "offsets.topic.num.partitions=1");
    return Files.write(directory.resolve("server.properties"), lines);
  }

  /// With the memory that Kafka's own script gives it, and without what only Kindred needs.
  private static Process java(String main, File log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-Xms1g", "-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KINDRED_LOG", "WARN");
    return builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  /// Makes a topic, once the broker answers.
  void createTopic(String name, int partitions) {
    try (Admin admin =
        Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
      admin
          .createTopics(List.of(new NewTopic(name, partitions, (short) 1)))
          .all()
          .get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("topic: " + name + " (expected: the broker to make it)", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", cause);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }
}
