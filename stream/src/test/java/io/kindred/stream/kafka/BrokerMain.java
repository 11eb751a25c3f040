package io.kindred.stream.kafka;

import kafka.Kafka;
import kafka.tools.StorageTool;

/// The program of a broker: makes its directory where there is none, and serves.
final class BrokerMain {
  /// A cluster's id may be any; it only has to be the same at every start.
  private static final String CLUSTER = "kindredkindredkindredA";

  private BrokerMain() {}

  public static void main(String[] arguments) {
    String[] format = {"format", "--ignore-formatted", "-t", CLUSTER, "-c", arguments[0]};
    int status = StorageTool.execute(format, System.out);
    if (status != 0) {
      throw new IllegalStateException("format: status " + status + " (expected: 0)");
    }
    Kafka.main(arguments);
  }
}
