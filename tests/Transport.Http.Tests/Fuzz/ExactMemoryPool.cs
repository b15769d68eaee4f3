using System.Buffers;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>Blocks of exactly the size that is asked for, so that each write to a pipe becomes a segment of its own, and counts them. A block that was given back is overwritten.</summary>
internal sealed class ExactMemoryPool : MemoryPool<byte>
{
    public override int MaxBufferSize => int.MaxValue;

    public int Rented { get; private set; }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Rented++;
        return new Block(this, Math.Max(1, minBufferSize));
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(ExactMemoryPool pool, int byteSize) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = new byte[byteSize];

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            pool.Rented--;
            _bytes.AsSpan().Fill(0xDD);
        }
    }
}
