using System.Diagnostics.CodeAnalysis;
using Camshaft.Transport.Binary.Connections;
using Microsoft.Win32.SafeHandles;

namespace Camshaft.Transport.Binary.Epoll;

/// <summary>Keeps the descriptors that came on one connection until somebody takes them. Any thread; ends with the connection.</summary>
internal sealed class ReceivedDescriptors : IReceivedDescriptors, IDisposable
{
    // A client sends one with a frame, whose reader takes it: more than a few at once are meant for nobody.
    private const int MostKept = 16;

    private readonly Lock _gate = new();
    private readonly Queue<SafeFileHandle> _descriptors = [];
    private volatile bool _hasLostSome;
    private bool _isDisposed;

    /// <inheritdoc/>
    public bool HasLostSome => _hasLostSome;

    /// <summary>Keeps one, or closes it where there are or were too many.</summary>
    public void Add(int descriptor)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        lock (_gate)
        {
            if (!_isDisposed && !_hasLostSome && _descriptors.Count < MostKept)
            {
                _descriptors.Enqueue(handle);
                return;
            }

            // One more would be taken for one that is lost.
            _hasLostSome = true;
        }

        handle.Dispose();
    }

    /// <summary>Takes note of some that the system has closed already.</summary>
    public void NoteLoss() => _hasLostSome = true;

    /// <inheritdoc/>
    public bool TryTake([NotNullWhen(true)] out SafeFileHandle? descriptor)
    {
        lock (_gate)
        {
            return _descriptors.TryDequeue(out descriptor);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            while (_descriptors.TryDequeue(out var descriptor))
            {
                descriptor.Dispose();
            }
        }
    }
}
