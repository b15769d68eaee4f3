namespace Camshaft.Transport.Hosting.Tests;

public sealed class ReceiveMemoryPoolTests
{
    private readonly ReceiveMemoryPool _pool = new();

    [Fact]
    public void A_block_holds_64_KiB_and_is_used_again()
    {
        var first = _pool.Rent();
        Assert.Equal(ReceiveMemoryPool.BlockByteSize, first.Memory.Length);
        first.Dispose();

        using var second = _pool.Rent(4096);
        Assert.Same(first, second);
    }

    [Fact]
    public void A_second_return_throws()
    {
        var block = _pool.Rent();
        block.Dispose();

        Assert.Throws<ObjectDisposedException>(block.Dispose);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void A_returned_block_cannot_be_read()
    {
        var block = _pool.Rent();
        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => block.Memory);
    }

    [Fact]
    public void Two_blocks_are_never_the_same_memory()
    {
        using var first = _pool.Rent();
        using var second = _pool.Rent();

        Assert.False(first.Memory.Span.Overlaps(second.Memory.Span));
        Assert.Equal(2, _pool.Rented);
    }

    [Fact]
    public void More_than_a_block_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(ReceiveMemoryPool.BlockByteSize + 1));

    [Fact]
    public void A_block_that_outlives_the_pool_is_let_go()
    {
        var block = _pool.Rent();
        _pool.Dispose();
        block.Dispose();

        Assert.Equal(0, _pool.Rented);
        Assert.Throws<ObjectDisposedException>(() => _pool.Rent());
    }

    [Fact]
    public void Renting_takes_no_memory_once_warm()
    {
        // The queue of kept blocks makes its own room first.
        for (var i = 0; i < 1000; i++)
        {
            _pool.Rent().Dispose();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _pool.Rent().Dispose();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64);
    }
}
