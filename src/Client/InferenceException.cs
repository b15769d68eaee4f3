using Camshaft.Backends;

namespace Camshaft.Client;

/// <summary>A request, or the way to the server, failed. The message is for people: it names what was met and what was expected.</summary>
public sealed class InferenceException : Exception
{
    /// <summary>Makes one for a status that is no success.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="notBegun">Whether it is certain that no backend has seen the request.</param>
    /// <param name="innerException">What caused it.</param>
    public InferenceException(InferenceStatus status, bool notBegun = false, Exception? innerException = null)
        : base(status.Message, innerException)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)status.Code, (int)StatusCode.Ok, nameof(status));
        Status = status;
        NotBegun = notBegun;
    }

    /// <summary>Makes one.</summary>
    /// <param name="code">How it ended.</param>
    /// <param name="message">For people.</param>
    public InferenceException(StatusCode code, string message)
        : this(new InferenceStatus(code, message))
    {
    }

    internal InferenceException(StatusCode code, string message, Exception innerException)
        : this(new InferenceStatus(code, message), notBegun: false, innerException)
    {
    }

    /// <summary>The code, the message, and when another try may succeed, where that is known.</summary>
    public InferenceStatus Status { get; }

    /// <summary>How it ended: <see cref="Status"/>'s code.</summary>
    public StatusCode Code => Status.Code;

    /// <summary>Whether it is certain that no backend has seen the request, so that sending it again does no harm.</summary>
    public bool NotBegun { get; }
}
