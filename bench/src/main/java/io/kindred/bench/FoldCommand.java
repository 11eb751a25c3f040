package io.kindred.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "fold")
final class FoldCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
