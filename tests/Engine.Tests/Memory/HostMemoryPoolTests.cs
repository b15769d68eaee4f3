using Camshaft.Backends;
using Camshaft.Engine.Memory;
using CsCheck;

namespace Camshaft.Engine.Tests.Memory;

public sealed class HostMemoryPoolTests : IDisposable
{
    private const long Budget = 1 << 20;

    private readonly HostMemoryPool _pool = new(new NativeMemorySource(), Budget, waiterLimit: 2, scrambleReturned: true);

    public void Dispose()
    {
        Assert.True(_pool is { LeasedCount: 0, UsedByteSize: 0 }, _pool.DescribeOutstanding());
        _pool.Dispose();
        Assert.Equal(0, _pool.AllocatedByteSize);
    }

    [Fact]
    public void A_second_dispose_of_one_lease_throws()
    {
        var lease = Rent(1000);
        lease.Dispose();

        Assert.Throws<ObjectDisposedException>(() => lease.Dispose());
        Assert.Equal(0, _pool.LeasedCount);
    }

    [Fact]
    public void A_copy_of_a_lease_cannot_reach_the_next_one_of_the_same_block()
    {
        var first = Rent(1000);
        var copy = first;
        var address = first.Address;
        first.Dispose();
        using var second = Rent(1000);

        Assert.Equal(address, second.Address);
        Assert.Throws<ObjectDisposedException>(() => copy.Bytes.Length);
        Assert.Throws<ObjectDisposedException>(copy.Dispose);
    }

    [Fact]
    public void A_retained_lease_ends_with_its_last_owner()
    {
        var lease = Rent(1000);
        var other = lease.Retain();
        lease.Dispose();
        Assert.Equal(1, _pool.LeasedCount);

        other.Dispose();
        Assert.Equal(0, _pool.LeasedCount);
    }

    [Fact]
    public void Blocks_are_aligned_and_as_long_as_asked_for()
    {
        using var lease = Rent(1001);

        Assert.Equal(0, lease.Address % NativeMemorySource.Alignment);
        Assert.Equal(1001, lease.Bytes.Length);
    }

    [Fact]
    public void A_returned_block_is_scrambled()
    {
        var first = Rent(64);
        first.Bytes.Fill(1);
        first.Dispose();
        using var second = Rent(64);

        Assert.DoesNotContain((byte)1, second.Bytes.ToArray());
    }

    [Fact]
    public void What_the_budget_cannot_hold_at_once_is_refused()
    {
        using var most = Rent(Budget - 4096);

        Assert.False(_pool.TryRent(8192, MemoryPurpose.Input, out _));
    }

    [Fact]
    public async Task A_reservation_over_the_budget_is_refused_for_ever()
    {
        var status = await _pool.ReserveAsync(Budget + 1, CancellationToken.None);

        Assert.Equal(StatusCode.ResourceExhausted, status.Code);
        Assert.Contains($"{Budget}", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_memory_back_can_leave_it_to_another_to_wake_those_who_wait()
    {
        var served = new List<Action>();
        using var pool = new HostMemoryPool(new NativeMemorySource(), Budget, serveWaiters: served.Add);
        Assert.True(pool.TryRent(Budget, MemoryPurpose.Input, out var all));
        var waiting = pool.ReserveAsync(Budget, CancellationToken.None).AsTask();

        all.Dispose();
        Assert.False(waiting.IsCompleted);
        Assert.Single(served)();

        Assert.True((await waiting).IsOk);
        pool.ReleaseReservation(Budget);
        Assert.Single(served);
    }

    [Fact]
    public async Task A_reservation_waits_for_memory_to_come_back()
    {
        var all = Rent(Budget);
        var waiting = _pool.ReserveAsync(4096, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        all.Dispose();
        Assert.True((await waiting).IsOk);
        _pool.ReleaseReservation(4096);
    }

    [Fact]
    public async Task A_budget_that_grows_serves_who_waits_and_one_that_shrinks_refuses_what_cannot_fit_any_more()
    {
        using var all = Rent(Budget);
        var small = _pool.ReserveAsync(4096, CancellationToken.None).AsTask();
        var large = _pool.ReserveAsync(Budget, CancellationToken.None).AsTask();
        _pool.SetBudget(Budget + 4096);
        Assert.True((await small).IsOk);
        Assert.False(large.IsCompleted);

        _pool.SetBudget(Budget / 2);
        Assert.Equal(StatusCode.ResourceExhausted, (await large).Code);
        _pool.ReleaseReservation(4096);
    }

    [Fact]
    public async Task Reservations_are_served_in_the_order_in_which_they_came()
    {
        var half = Rent(Budget / 2);
        var large = _pool.ReserveAsync(Budget, CancellationToken.None).AsTask();
        var small = _pool.ReserveAsync(4096, CancellationToken.None).AsTask();
        Assert.False(small.IsCompleted);

        half.Dispose();
        Assert.True((await large).IsOk);
        Assert.False(small.IsCompleted);
        _pool.ReleaseReservation(Budget);
        Assert.True((await small).IsOk);
        _pool.ReleaseReservation(4096);
    }

    [Fact]
    public async Task Giving_up_a_wait_lets_the_next_one_through()
    {
        using var half = Rent(Budget / 2);
        using var giveUp = new CancellationTokenSource();
        var large = _pool.ReserveAsync(Budget, giveUp.Token).AsTask();
        var small = _pool.ReserveAsync(4096, CancellationToken.None).AsTask();

        await giveUp.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await large).Code);
        Assert.True((await small).IsOk);
        _pool.ReleaseReservation(4096);
    }

    [Fact]
    public async Task Only_so_many_may_wait()
    {
        using var all = Rent(Budget);
        using var giveUp = new CancellationTokenSource();
        Task<InferenceStatus>[] waiting = [_pool.ReserveAsync(1, giveUp.Token).AsTask(), _pool.ReserveAsync(1, giveUp.Token).AsTask()];

        Assert.Equal(StatusCode.ResourceExhausted, (await _pool.ReserveAsync(1, CancellationToken.None)).Code);
        await giveUp.CancelAsync();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public void Kept_blocks_make_room_for_other_sizes()
    {
        Rent(Budget).Dispose();
        using var small = Rent(4096);

        Assert.InRange(_pool.AllocatedByteSize, 4096, Budget);
    }

    [Fact]
    public void A_source_without_memory_leaves_the_budget_as_it_was()
    {
        using var pool = new HostMemoryPool(new EmptySource(), Budget);

        Assert.Throws<OutOfMemoryException>(() => pool.TryRent(4096, MemoryPurpose.Input, out _));
        Assert.Equal(0, pool.UsedByteSize);
        Assert.Equal(0, pool.AllocatedByteSize);
    }

    [Fact]
    public void Renting_takes_no_managed_memory_once_warm()
    {
        for (var round = 0; round < 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                Rent(1000).Dispose();
                Rent(100_000).Dispose();
            }

            if (round == 1)
            {
                // The thread may move to a processor whose stacks are still empty, once.
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2048);
            }
        }
    }

    [Fact]
    public void No_two_leases_share_a_byte_under_concurrency() =>
        Check.SampleParallel(
            Gen.Const(() => new HostMemoryPool(new NativeMemorySource(), Budget, scrambleReturned: true)),
            Gen.Int[1, 20_000].Operation<HostMemoryPool>((pool, byteSize) =>
            {
                if (!pool.TryRent(byteSize, MemoryPurpose.Input, out var lease))
                {
                    return;
                }

                var mark = (byte)Environment.CurrentManagedThreadId;
                lease.Bytes.Fill(mark);
                Thread.Yield();
                if (lease.Bytes.ContainsAnyExcept(mark))
                {
                    throw new InvalidOperationException("Somebody else wrote to a leased block.");
                }

                lease.Dispose();
            }),
            equal: static (left, right) => left.LeasedCount == right.LeasedCount && left.UsedByteSize == right.UsedByteSize && left.UsedByteSize == 0,
            iter: 200);

    private TensorBuffer Rent(long byteSize)
    {
        Assert.True(_pool.TryRent(byteSize, MemoryPurpose.Input, out var lease));
        return lease;
    }

    private sealed class EmptySource : IMemorySource
    {
        public MemoryKind Kind => MemoryKind.Host;

        public nint Allocate(nuint byteSize) => throw new OutOfMemoryException();

        public void Free(nint address, nuint byteSize) => throw new InvalidOperationException();
    }
}
