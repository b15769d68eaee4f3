using System.Text;
using Camshaft.Backends;

namespace Camshaft.Engine.Memory;

/// <summary>
/// Host memory for tensors: 64-byte aligned native blocks in size classes, kept for reuse, inside a hard budget. Renting
/// and returning take no managed memory once warm. Any thread; lives as long as the engine, and ends after the last lease.
/// </summary>
/// <remarks>
/// A request reserves all that it needs in one step, so that two requests can never wait for each other's second half, and
/// then rents its blocks out of the reservation, which cannot fail for want of budget.
/// </remarks>
public sealed unsafe class HostMemoryPool : IDisposable
{
    private readonly IMemorySource _source;
    private readonly MemoryBudget _budget;
    private readonly BlockCache _cache = new(Environment.ProcessorCount);
    private readonly long[] _leasedByPurpose = new long[Enum.GetValues<MemoryPurpose>().Length];
    private readonly bool _scrambleReturned;
    private long _allocatedByteSize;
    private long _copiedByteSize;
    private volatile bool _disposed;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="source">Where blocks come from.</param>
    /// <param name="budgetByteSize">How many bytes blocks may take, more than 0.</param>
    /// <param name="waiterLimit">How many reservations may wait at once.</param>
    /// <param name="scrambleReturned">Whether returned blocks are overwritten, so that a late reader is found. Always in debug builds.</param>
    /// <param name="serveWaiters">Where those who wait are woken, an action at a time; null = on the thread that gives memory back.</param>
    public HostMemoryPool(IMemorySource source, long budgetByteSize, int waiterLimit = 1024, bool scrambleReturned = false, Action<Action>? serveWaiters = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(budgetByteSize);
        _source = source;
        _budget = new MemoryBudget(budgetByteSize, waiterLimit, serveWaiters);
#if DEBUG
        scrambleReturned = true;
#endif
        _scrambleReturned = scrambleReturned && source.Kind != MemoryKind.Device;
    }

    /// <summary>The kind of the pool's memory.</summary>
    public MemoryKind Kind => _source.Kind;

    /// <summary>The bytes that may be in use at once.</summary>
    public long BudgetByteSize => _budget.Limit;

    /// <summary>The bytes reserved or leased now, in whole blocks.</summary>
    public long UsedByteSize => _budget.Used;

    /// <summary>The bytes taken from the source: those in use, and those kept for reuse.</summary>
    public long AllocatedByteSize => Interlocked.Read(ref _allocatedByteSize);

    /// <summary>The bytes that were copied to, from and between tensors, as far as those who copy say so.</summary>
    public long CopiedByteSize => Interlocked.Read(ref _copiedByteSize);

    /// <summary>How many leases are out.</summary>
    public long LeasedCount
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _leasedByPurpose.Length; i++)
            {
                sum += Interlocked.Read(ref _leasedByPurpose[i]);
            }

            return sum;
        }
    }

    /// <summary>The bytes of budget that a block for so many bytes takes.</summary>
    public static long GetBlockByteSize(long byteSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteSize);
        SizeClass.Find(byteSize, out var blockByteSize);
        return blockByteSize;
    }

    /// <summary>Reserves budget; waits, in turn, while it is used up.</summary>
    /// <param name="blockByteSize">A sum of <see cref="GetBlockByteSize"/>.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>
    /// Success: the caller owns the reservation, and spends it by <see cref="RentReserved"/> or gives it back by
    /// <see cref="ReleaseReservation"/>. Otherwise nothing is reserved: <see cref="StatusCode.ResourceExhausted"/> when the
    /// budget can never hold it or too many wait, <see cref="StatusCode.Cancelled"/> when the wait was given up.
    /// </returns>
    public ValueTask<InferenceStatus> ReserveAsync(long blockByteSize, CancellationToken cancellationToken) =>
        _budget.TakeAsync(blockByteSize, cancellationToken);

    /// <summary>Reserves budget as <see cref="ReserveAsync"/> does, if there is some at once.</summary>
    public bool TryReserve(long blockByteSize) => _budget.TryTake(blockByteSize);

    /// <summary>Changes the bytes that may be in use at once. What is in use beyond them comes back in its time.</summary>
    public void SetBudget(long byteSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(byteSize);
        _budget.Limit = byteSize;
    }

    /// <summary>Gives back what is left of a reservation.</summary>
    public void ReleaseReservation(long blockByteSize) => _budget.Release(blockByteSize);

    /// <summary>Rents a block whose <see cref="GetBlockByteSize"/> the caller has reserved; the lease takes that part of the reservation over.</summary>
    /// <exception cref="OutOfMemoryException">The system has no memory left; the reservation is still the caller's.</exception>
    public TensorBuffer RentReserved(long byteSize, MemoryPurpose purpose)
    {
        var sizeClass = SizeClass.Find(byteSize, out var blockByteSize);
        var block = (sizeClass == SizeClass.None ? null : _cache.TryTake(sizeClass)) ?? Allocate(blockByteSize, sizeClass);
        Interlocked.Increment(ref _leasedByPurpose[(int)purpose]);
        return new TensorBuffer(block, block.BeginLease(byteSize, purpose));
    }

    /// <summary>Rents a block without a reservation, if the budget allows it at once.</summary>
    /// <exception cref="OutOfMemoryException">The system has no memory left.</exception>
    public bool TryRent(long byteSize, MemoryPurpose purpose, out TensorBuffer buffer)
    {
        var blockByteSize = GetBlockByteSize(byteSize);
        buffer = default;
        if (!_budget.TryTake(blockByteSize))
        {
            return false;
        }

        try
        {
            buffer = RentReserved(byteSize, purpose);
            return true;
        }
        catch (OutOfMemoryException)
        {
            _budget.Release(blockByteSize);
            throw;
        }
    }

    /// <summary>Takes note of a copy in user space.</summary>
    public void CountCopied(long byteSize) => Interlocked.Add(ref _copiedByteSize, byteSize);

    /// <summary>Gives every block that is kept for reuse back to the source.</summary>
    public void Trim()
    {
        while (_cache.TryTakeAny() is { } block)
        {
            Free(block);
        }
    }

    /// <summary>Says what is leased, for logs and failed tests.</summary>
    public string DescribeOutstanding()
    {
        var text = new StringBuilder();
        foreach (var purpose in Enum.GetValues<MemoryPurpose>())
        {
            text.Append(purpose).Append(": ").Append(Interlocked.Read(ref _leasedByPurpose[(int)purpose])).Append(" leased; ");
        }

        return text.Append(UsedByteSize).Append(" of ").Append(BudgetByteSize).Append(" bytes used").ToString();
    }

    /// <summary>Frees what is kept. Blocks still leased are freed when their lease ends.</summary>
    public void Dispose()
    {
        _disposed = true;
        Trim();
    }

    internal void Return(MemoryBlock block)
    {
        if (_scrambleReturned)
        {
            // The last owner is gone and the block is not in the cache yet: nobody else knows it.
            new Span<byte>((void*)block.Address, (int)Math.Min(block.BlockByteSize, int.MaxValue)).Fill(0xDD);
        }

        var blockByteSize = block.BlockByteSize;
        Interlocked.Decrement(ref _leasedByPurpose[(int)block.Purpose]);
        if (block.SizeClass == SizeClass.None || _disposed)
        {
            Free(block);
        }
        else
        {
            _cache.Put(block);
        }

        _budget.Release(blockByteSize);
    }

    private MemoryBlock Allocate(long blockByteSize, int sizeClass)
    {
        // What is kept of other sizes makes room: together with what is leased it must not pass the budget.
        while (Interlocked.Add(ref _allocatedByteSize, blockByteSize) > BudgetByteSize && _cache.TryTakeAny() is { } kept)
        {
            Interlocked.Add(ref _allocatedByteSize, -blockByteSize);
            Free(kept);
        }

        try
        {
            return new MemoryBlock(this, _source.Allocate((nuint)blockByteSize), blockByteSize, sizeClass);
        }
        catch
        {
            Interlocked.Add(ref _allocatedByteSize, -blockByteSize);
            throw;
        }
    }

    private void Free(MemoryBlock block)
    {
        Interlocked.Add(ref _allocatedByteSize, -block.BlockByteSize);
        _source.Free(block.Address, (nuint)block.BlockByteSize);
    }
}
