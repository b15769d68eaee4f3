using Camshaft.Backends;

namespace Camshaft.Transport.Http;

/// <summary>What a client sent cannot be served; the status is what it is told.</summary>
internal sealed class InvalidRequestException(InferenceStatus status) : Exception(status.Message)
{
    public InvalidRequestException(string message)
        : this(new InferenceStatus(StatusCode.InvalidArgument, message))
    {
    }

    public InferenceStatus Status { get; } = status;

    public static void ThrowIfFailed(in InferenceStatus status)
    {
        if (!status.IsOk)
        {
            throw new InvalidRequestException(status);
        }
    }
}
