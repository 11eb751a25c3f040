package io.kindred.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "recall")
final class RecallCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
