package io.kindred.stream.kafka;

import io.kindred.engine.KindredException;
import io.kindred.stream.config.SourceDefinition;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Makes the clients of a pipeline's brokers. Immutable.
public final class KafkaClients {
  /// What the pipeline's guarantees rest on, and so no property may change.
  private static final Set<String> OWN =
      Set.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG);

  private final SourceDefinition.Kafka definition;

  /// @throws KindredException where a property is none of Kafka's clients, or not for a pipeline to
  ///   set
  public KafkaClients(SourceDefinition.Kafka definition) {
    this.definition = definition;
    for (String name : definition.properties().keySet()) {
      if (OWN.contains(name)
          || (!ConsumerConfig.configNames().contains(name)
              && !ProducerConfig.configNames().contains(name))) {
        throw definition
            .bootstrap()
            .place()
            .problem(
                "source.kafka.properties." + name,
                OWN.contains(name) ? "not to be set" : "unknown key",
                "a setting of Kafka's consumer or producer that a pipeline leaves open");
      }
    }
  }

  public SourceDefinition.Kafka definition() {
    return definition;
  }

  /// A member of the pipeline's group, which acknowledges nothing by itself.
  ///
  /// @throws KafkaException where a property does not hold
  KafkaConsumer<byte[], byte[]> member() {
    Map<String, Object> properties = consumerProperties();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, definition.group());
    properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
    return new KafkaConsumer<>(properties);
  }

  /// A consumer outside of any group.
  public KafkaConsumer<byte[], byte[]> reader() {
    return new KafkaConsumer<>(consumerProperties());
  }

  private Map<String, Object> consumerProperties() {
    Map<String, Object> properties = properties(ConsumerConfig.configNames());
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    // Each partition's beginning is chosen by hand; one that is gone is an error to be told.
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000);
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
    // Few events at a time cost the broker and the store as much as many.
    properties.putIfAbsent(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 64 << 10);
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
    return properties;
  }

  /// A producer whose records are acknowledged once all replicas in sync have them.
  public KafkaProducer<byte[], byte[]> producer() {
    Map<String, Object> properties = properties(ProducerConfig.configNames());
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    properties.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000L);
    properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 64 << 20);
    return new KafkaProducer<>(properties);
  }

  private Map<String, Object> properties(Set<String> known) {
    Map<String, Object> properties = new HashMap<>();
    definition
        .properties()
        .forEach(
            (name, value) -> {
              if (known.contains(name)) {
                properties.put(name, value);
              }
            });
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, definition.bootstrap().value());
    return properties;
  }
}
