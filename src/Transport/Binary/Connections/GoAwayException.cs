using Camshaft.Backends;
using Camshaft.Transport.Wire;

namespace Camshaft.Transport.Binary.Connections;

/// <summary>What a client has sent cannot be answered by an error: the connection ends, and says why.</summary>
internal sealed class GoAwayException(InferenceStatus status) : Exception(status.Message)
{
    public GoAwayException(string message)
        : this(new InferenceStatus(StatusCode.InvalidArgument, message))
    {
    }

    public GoAwayException(FrameKind kind, WireFault fault)
        : this($"A frame of kind {(int)kind} ({kind}): {fault.Describe()}.")
    {
    }

    public InferenceStatus Status => status;
}
