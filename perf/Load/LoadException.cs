namespace Camshaft.Load;

/// <summary>A load cannot be made as it was asked for. The message is for the person who asked.</summary>
public sealed class LoadException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether the reason is that the target does not answer at all.</summary>
    public bool IsUnreachable { get; init; }
}
