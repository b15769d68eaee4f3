using System.Buffers;

namespace Camshaft.Transport.Binary.Tests.Pipes;

/// <summary>Gives blocks of just so many bytes, so that everything lies in pieces.</summary>
internal sealed class SmallBlockPool(int blockByteSize) : MemoryPool<byte>
{
    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(new byte[blockByteSize]);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
        }
    }
}
