package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.server.tasks.TaskInfo;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/// Tasks in JSON.
public final class TaskInfoJson {
  private TaskInfoJson() {}

  /// `{"tasks":[…]}`.
  public static byte[] write(List<TaskInfo> tasks) {
    return Json.write(
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("tasks");
          for (TaskInfo task : tasks) {
            write(task, out);
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  private static void write(TaskInfo task, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", task.id());
    out.writeStringField("kind", TableJson.name(task.kind()));
    out.writeStringField("subject", task.subject());
    if (!task.table().isEmpty()) {
      out.writeStringField("table", task.table());
    }
    out.writeStringField("state", TableJson.name(task.state()));
    out.writeStringField("step", task.step());
    TaskInfo.Amount amount = task.amount();
    if (!amount.unit().isEmpty()) {
      out.writeObjectFieldStart("amount");
      out.writeStringField("unit", amount.unit());
      out.writeNumberField("done", amount.done());
      out.writeNumberField("total", amount.total());
      out.writeNumberField("per_second", Math.round(amount.perSecond()));
      out.writeEndObject();
    }
    out.writeStringField("started_at", Instant.ofEpochMilli(task.startedMillis()).toString());
    Long ended = task.endedMillis();
    if (ended != null) {
      out.writeStringField("ended_at", Instant.ofEpochMilli(ended).toString());
    }
    Double remaining = task.remainingSeconds();
    if (remaining != null) {
      out.writeNumberField("remaining_s", Math.round(remaining * 10) / 10.0);
    }
    out.writeArrayFieldStart("actions");
    for (TaskInfo.Action action : TaskInfo.Action.values()) {
      if (task.actions().contains(action)) {
        out.writeString(TableJson.name(action));
      }
    }
    out.writeEndArray();
    if (task.error() != null) {
      out.writeStringField("error", task.error());
    }
    out.writeArrayFieldStart("lines");
    for (TaskInfo.Line line : task.lines()) {
      out.writeStartObject();
      out.writeStringField("time", Instant.ofEpochMilli(line.timeMillis()).toString());
      out.writeStringField("text", line.text());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
