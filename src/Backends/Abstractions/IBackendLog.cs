namespace Camshaft.Backends;

/// <summary>The host's log, as a backend sees it. Not for per-request messages.</summary>
public interface IBackendLog
{
    /// <summary>Writes a message.</summary>
    void Write(BackendLogLevel level, string message, Exception? exception = null);
}
