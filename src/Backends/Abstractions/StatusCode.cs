namespace Camshaft.Backends;

/// <summary>How a request ended. One table in the transports maps these to HTTP, gRPC and binary codes.</summary>
public enum StatusCode : byte
{
    /// <summary>The request succeeded.</summary>
    Ok = 0,

    /// <summary>The client sent something that can never succeed.</summary>
    InvalidArgument,

    /// <summary>The model, version or other thing named does not exist.</summary>
    NotFound,

    /// <summary>The thing to be made exists.</summary>
    AlreadyExists,

    /// <summary>The client did not say who it is.</summary>
    Unauthenticated,

    /// <summary>The client may not do this.</summary>
    PermissionDenied,

    /// <summary>A limit or a budget does not allow a request of this size.</summary>
    ResourceExhausted,

    /// <summary>Not now: the model is not ready or its queue is full; another try may succeed.</summary>
    Unavailable,

    /// <summary>The request's deadline has passed.</summary>
    DeadlineExceeded,

    /// <summary>The server knows what is asked for but does not offer it.</summary>
    Unsupported,

    /// <summary>The request was cancelled.</summary>
    Cancelled,

    /// <summary>The server or a backend failed; never a client's fault.</summary>
    Internal,
}
