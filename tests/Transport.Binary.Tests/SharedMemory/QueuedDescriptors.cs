using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Camshaft.Transport.Binary.Connections;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Transport.Binary.Tests.SharedMemory;

/// <summary>Descriptors that a test puts where a host would have received them. Any thread.</summary>
internal sealed class QueuedDescriptors : IReceivedDescriptors
{
    private readonly ConcurrentQueue<SafeFileHandle> _descriptors = [];

    public int Count => _descriptors.Count;

    public void Add(SafeFileHandle descriptor) => _descriptors.Enqueue(descriptor);

    public bool TryTake([NotNullWhen(true)] out SafeFileHandle? descriptor) => _descriptors.TryDequeue(out descriptor);
}
