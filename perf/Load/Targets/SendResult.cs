namespace Camshaft.Load.Targets;

/// <summary>How a request ended. The default value is success.</summary>
/// <param name="ErrorKind">What errors are counted by, null on success: a status such as <c>HTTP 503</c> or <c>Unavailable</c>, or what became of the connection.</param>
/// <param name="Message">What the target said; null on success.</param>
public readonly record struct SendResult(string? ErrorKind, string? Message)
{
    /// <summary>The kind of requests whose answer was not there when the run gave up waiting.</summary>
    public const string UnansweredKind = "unanswered";

    /// <summary>Success.</summary>
    public static SendResult Ok => default;

    /// <summary>The run gave up waiting.</summary>
    public static SendResult Abandoned { get; } = new(UnansweredKind, "The run ended before the answer.");

    /// <summary>Whether the answer is as it should be.</summary>
    public bool IsOk => ErrorKind is null;
}
