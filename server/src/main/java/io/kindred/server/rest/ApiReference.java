package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.docs.DocService;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The generated reference of every call. It is generated when somebody first looks at it: that
/// costs as much as the whole rest of a start. Thread-safe.
public final class ApiReference implements HttpService {
  private @Nullable ServiceConfig config;
  private volatile @Nullable DocService generated;

  @Override
  public synchronized void serviceAdded(ServiceConfig added) {
    config = added;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
    DocService reference = generated;
    return (reference == null ? generate() : reference).serve(context, request);
  }

  private synchronized DocService generate() throws Exception {
    DocService existing = generated;
    if (existing != null) {
      return existing;
    }
    ServiceConfig added = Objects.requireNonNull(config, "serves before it was added");
    DocService reference = new DocService();
    // The reference looks for itself among the services, to see what stands beside it.
    generated = reference;
    reference.serviceAdded(added);
    return reference;
  }

  @Override
  public <T> @Nullable T as(Class<T> type) {
    T self = HttpService.super.as(type);
    return self == null && type.isInstance(generated) ? type.cast(generated) : self;
  }
}
