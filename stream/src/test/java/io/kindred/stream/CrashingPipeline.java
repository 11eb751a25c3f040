package io.kindred.stream;

import java.nio.file.Path;

/// A process with a store and a pipeline, which is killed. Says on standard output again and again
/// how many events it has done.
final class CrashingPipeline {
  private CrashingPipeline() {}

  public static void main(String[] arguments) throws Exception {
    Fixture fixture = Fixture.open(Path.of(arguments[0]));
    fixture.pipelines.add("p.yaml", arguments[1]);
    while (true) {
      PipelineStatus.Counts counts = fixture.pipelines.status("p").counts();
      System.out.println(counts.applied() + counts.repeated() + counts.deadLettered());
      Thread.sleep(10);
    }
  }
}
