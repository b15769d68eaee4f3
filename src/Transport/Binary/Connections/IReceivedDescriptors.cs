using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Transport.Binary.Connections;

/// <summary>
/// The file descriptors that a client has sent beside its bytes (<c>SCM_RIGHTS</c>), in the order in which they came: a
/// feature of connections whose host can receive them. A descriptor is there before the bytes that it came with are read.
/// At most a few are kept; further ones, and those that nobody has taken at the connection's end, are closed. Any thread.
/// </summary>
internal interface IReceivedDescriptors
{
    /// <summary>Whether there were too many, so that some that came are not here. Those before them are; none that came later is.</summary>
    bool HasLostSome { get; }

    /// <summary>Takes the one that came first of those that are left.</summary>
    /// <param name="descriptor">The caller's, to be disposed by it. It is closed in programs that this process starts.</param>
    bool TryTake([NotNullWhen(true)] out SafeFileHandle? descriptor);
}
