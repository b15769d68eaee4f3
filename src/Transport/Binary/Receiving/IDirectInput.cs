using System.IO.Pipelines;

namespace Camshaft.Transport.Binary.Receiving;

/// <summary>An input that receives into memory of its reader's. Hosts have it whose sockets are their own. Used where nothing received is left to consume.</summary>
internal interface IDirectInput
{
    /// <summary>Receives what is there.</summary>
    /// <returns>How many bytes; 0 = none now: <see cref="WaitAsync"/> tells when there are, or that there will be none.</returns>
    int Receive(Span<byte> room);

    /// <summary>Waits as a read does, and leaves what comes where it is.</summary>
    /// <returns>No bytes; whether the connection has ended.</returns>
    ValueTask<ReadResult> WaitAsync();
}
