package io.kindred.stream.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A real broker of Kafka in a process of its own, started from its jars. It keeps its port and its
/// directory when it is started again. Owned by one thread.
public final class KafkaBroker implements AutoCloseable {
  private static final Duration READY_MAX = Duration.ofSeconds(60);

  private final Path directory;
  private final Map<String, String> settings;
  private final Map<String, String> client;
  private final int port = freePort();
  private final int controllerPort = freePort();
  private Process process;

  private KafkaBroker(Path directory, Map<String, String> settings, Map<String, String> client) {
    this.directory = directory;
    this.settings = settings;
    this.client = client;
    this.process = launch();
  }

  /// Starts a broker whose files are in that directory, and waits until it answers.
  public static KafkaBroker start(Path directory) {
    return started(new KafkaBroker(directory, Map.of(), Map.of()));
  }

  /// Starts a broker that lets in `admin` and `reader`, each with their name as the password, and
  /// lets only `admin` do anything without being allowed to.
  public static KafkaBroker startSecured(Path directory) {
    Map<String, String> settings = new HashMap<>();
    String plain = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    settings.put("listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.client.plain.sasl.jaas.config",
        plain
            + "username=\"admin\" password=\"admin\" user_admin=\"admin\" user_reader=\"reader\";");
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:admin;User:ANONYMOUS");
    return started(new KafkaBroker(directory, settings, login("admin")));
  }

  /// What a client of a secured broker needs.
  public static Map<String, String> login(String user) {
    return Map.of(
        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
            + user
            + "\" password=\""
            + user
            + "\";");
  }

  private static KafkaBroker started(KafkaBroker broker) {
    try {
      broker.awaitReady();
      return broker;
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  private Process launch() {
    try {
      Files.createDirectories(directory);
      Path properties = directory.resolve("server.properties");
      List<String> lines = new ArrayList<>();
      configuration().forEach((name, value) -> lines.add(name + "=" + value));
      Files.write(properties, lines);
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx320m",
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              BrokerMain.class.getName(),
              properties.toString())
          .redirectErrorStream(true)
          .redirectOutput(new File(directory.toFile(), "broker.log"))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> configuration() {
    Map<String, String> all = new HashMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    all.put("controller.listener.names", "CONTROLLER");
    all.put(
        "listeners", "CLIENT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    all.put("advertised.listeners", "CLIENT://127.0.0.1:" + port);
    all.put("inter.broker.listener.name", "CLIENT");
    all.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    all.put("log.dirs", directory.resolve("log").toString());
    all.put("auto.create.topics.enable", "false");
    all.put("offsets.topic.num.partitions", "1");
    all.put("offsets.topic.replication.factor", "1");
    all.put("transaction.state.log.num.partitions", "1");
    all.put("transaction.state.log.replication.factor", "1");
    all.put("transaction.state.log.min.isr", "1");
    all.put("group.consumer.heartbeat.interval.ms", "1000");
    all.put("group.consumer.min.heartbeat.interval.ms", "500");
    all.put("group.consumer.session.timeout.ms", "10000");
    all.put("group.consumer.min.session.timeout.ms", "5000");
    all.putAll(settings);
    return all;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + READY_MAX.toNanos();
    try (Admin admin = admin()) {
      while (true) {
        try {
          admin.describeCluster().nodes().get(5, TimeUnit.SECONDS);
          return;
        } catch (Exception e) {
          if (!process.isAlive() || System.nanoTime() > deadline) {
            throw new IllegalStateException("broker does not start: " + log(), e);
          }
        }
      }
    }
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("broker.log"), UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  private Map<String, Object> clientProperties() {
    Map<String, Object> properties = new HashMap<>(client);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap());
    return properties;
  }

  public Admin admin() {
    return Admin.create(clientProperties());
  }

  /// Creates a topic, and waits until each of its partitions answers.
  public void createTopic(String name, int partitions) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      ends.put(new TopicPartition(name, i), OffsetSpec.latest());
    }
    try (Admin admin = admin()) {
      await(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all());
      long deadline = System.nanoTime() + READY_MAX.toNanos();
      while (!isThere(admin.listOffsets(ends).all())) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("topic " + name + " does not answer: " + log());
        }
      }
    }
  }

  private boolean isThere(Future<?> answer) {
    try {
      await(answer);
      return true;
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof ExecutionException failed
          && failed.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  public KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> properties = clientProperties();
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L << 20);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 8 << 20);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
    return new KafkaProducer<>(properties);
  }

  /// Adds records, keyed by what stands before the first `|`, and waits until they are there.
  public void produce(String topic, List<String> keyedValues) {
    try (KafkaProducer<byte[], byte[]> producer = producer()) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (String keyed : keyedValues) {
        int bar = keyed.indexOf('|');
        sent.add(
            producer.send(
                new ProducerRecord<>(
                    topic,
                    keyed.substring(0, bar).getBytes(UTF_8),
                    keyed.substring(bar + 1).getBytes(UTF_8))));
      }
      sent.forEach(this::await);
    }
  }

  <T> T await(Future<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException("broker does not answer: " + log(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Ends the process at once, as a crash does.
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// Starts the broker again, and waits until it answers.
  public void restart() {
    if (process.isAlive()) {
      kill();
    }
    process = launch();
    awaitReady();
  }

  private void awaitEnd() {
    try {
      process.waitFor(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitEnd();
  }
}
