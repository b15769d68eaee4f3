namespace Camshaft.Backends;

/// <summary>
/// How a backend refuses: its code and message reach the client as they are. Any other exception counts as an internal
/// error of the backend.
/// </summary>
public sealed class BackendException : Exception
{
    /// <summary>Makes a refusal.</summary>
    /// <param name="code">Why; not <see cref="StatusCode.Ok"/>.</param>
    /// <param name="message">For the client: what was met and what was expected.</param>
    /// <param name="innerException">The cause, for the log.</param>
    public BackendException(StatusCode code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((byte)code, (byte)StatusCode.Ok, nameof(code));
        Code = code;
    }

    /// <summary>Why the backend refused.</summary>
    public StatusCode Code { get; }
}
