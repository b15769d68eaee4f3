using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.Ptx.Execution;

/// <summary>The shared memory of a block.</summary>
internal sealed class SharedMemory(SharedLayout layout, int dynamicByteSize) : PtxMemory
{
    private readonly byte[] _bytes = new byte[layout.GetExtent(dynamicByteSize)];
    private readonly bool[] _isWritten = new bool[layout.GetExtent(dynamicByteSize)];
    private readonly RaceDetector _races = new("shared memory", layout.GetExtent(dynamicByteSize));

    public override Span<byte> Access(PtxThread thread, ulong address, int byteSize, bool isWrite)
    {
        if (!layout.Contains(address, byteSize, dynamicByteSize))
        {
            throw thread.Fault($"{byteSize} bytes at {address} of shared memory lie in no variable", CudaStatus.IllegalAddress);
        }

        var offset = (int)address;
        if (isWrite)
        {
            _isWritten.AsSpan(offset, byteSize).Fill(true);
        }
        else if (_isWritten.AsSpan(offset, byteSize).Contains(false))
        {
            throw thread.Fault("shared memory is read, and nothing has written it");
        }

        _races.Check(thread, offset, byteSize, isWrite);
        return _bytes.AsSpan(offset, byteSize);
    }

    /// <summary>Forgets the block before.</summary>
    public void Clear()
    {
        _isWritten.AsSpan().Clear();
        _races.Clear();
    }
}
