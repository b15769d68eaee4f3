namespace Camshaft.Engine.Memory;

/// <summary>
/// Blocks that wait for their next lease: a small stack per processor and size class, and a shared stack per class behind
/// them for what one processor rents and another returns. Any thread.
/// </summary>
internal sealed class BlockCache
{
    // Enough for the requests that one processor has in flight; the rest is shared.
    private const int BlocksPerProcessor = 16;

    private readonly Partition[] _processors;
    private readonly Partition _shared = new(int.MaxValue);

    public BlockCache(int processorCount)
    {
        _processors = new Partition[processorCount];
        for (var i = 0; i < processorCount; i++)
        {
            _processors[i] = new Partition(BlocksPerProcessor);
        }
    }

    private Partition Current => _processors[(uint)Thread.GetCurrentProcessorId() % (uint)_processors.Length];

    public MemoryBlock? TryTake(int sizeClass) => Current.TryTake(sizeClass) ?? _shared.TryTake(sizeClass);

    public void Put(MemoryBlock block)
    {
        if (!Current.TryPut(block))
        {
            _shared.TryPut(block);
        }
    }

    /// <summary>Takes any one block, to free it; null when there is none.</summary>
    public MemoryBlock? TryTakeAny()
    {
        if (_shared.TryTakeAny() is { } block)
        {
            return block;
        }

        foreach (var processor in _processors)
        {
            if (processor.TryTakeAny() is { } other)
            {
                return other;
            }
        }

        return null;
    }

    private sealed class Partition(int limit)
    {
        private readonly Lock _gate = new();
        private readonly Stack<MemoryBlock>?[] _stacks = new Stack<MemoryBlock>?[SizeClass.Count];

        public MemoryBlock? TryTake(int sizeClass)
        {
            lock (_gate)
            {
                return _stacks[sizeClass] is { } stack && stack.TryPop(out var block) ? block : null;
            }
        }

        public bool TryPut(MemoryBlock block)
        {
            lock (_gate)
            {
                var stack = _stacks[block.SizeClass] ??= new Stack<MemoryBlock>();
                if (stack.Count >= limit)
                {
                    return false;
                }

                stack.Push(block);
                return true;
            }
        }

        public MemoryBlock? TryTakeAny()
        {
            lock (_gate)
            {
                // Largest first: the fewest blocks go.
                for (var sizeClass = SizeClass.Count - 1; sizeClass >= 0; sizeClass--)
                {
                    if (_stacks[sizeClass] is { } stack && stack.TryPop(out var block))
                    {
                        return block;
                    }
                }

                return null;
            }
        }
    }
}
