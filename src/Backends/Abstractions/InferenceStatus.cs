namespace Camshaft.Backends;

/// <summary>
/// How a request ended: a code and, unless it succeeded, a message for the client that names the thing, what was met and
/// what was expected. The default value is success.
/// </summary>
public readonly record struct InferenceStatus
{
    private readonly string? _message;

    /// <summary>Makes a status that is no success.</summary>
    public InferenceStatus(StatusCode code, string message)
    {
        ArgumentException.ThrowIfNullOrEmpty(message);
        Code = code;
        _message = message;
    }

    /// <summary>Success.</summary>
    public static InferenceStatus Ok => default;

    /// <summary>What kind of end it was.</summary>
    public StatusCode Code { get; }

    /// <summary>For the client; empty on success, never empty otherwise.</summary>
    public string Message => _message ?? string.Empty;

    /// <summary>Whether the request succeeded.</summary>
    public bool IsOk => Code == StatusCode.Ok;

    /// <summary>When the client may try again, where that is known (<see cref="StatusCode.Unavailable"/>).</summary>
    public TimeSpan? RetryAfter { get; init; }
}
