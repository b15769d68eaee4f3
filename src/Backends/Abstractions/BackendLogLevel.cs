namespace Camshaft.Backends;

/// <summary>How much a message matters.</summary>
public enum BackendLogLevel : byte
{
    /// <summary>For whoever debugs the backend.</summary>
    Debug,

    /// <summary>For whoever operates the server.</summary>
    Information,

    /// <summary>Something works less well than it could.</summary>
    Warning,

    /// <summary>Something does not work.</summary>
    Error,
}
