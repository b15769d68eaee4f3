namespace Camshaft.Transport.Binary.Epoll;

/// <summary>
/// The connections of a loop by their tokens: a slot, and how often the slot was used before, so that an event of a connection
/// that has ended is not taken for one of its successor's. Any thread changes it; the loop reads it without a lock.
/// </summary>
internal sealed class ConnectionSlots
{
    private const int FirstCapacity = 16;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private volatile Slot[] _slots = CreateSlots(FirstCapacity, []);
    private int _used;

    /// <returns>Its token.</returns>
    public ulong Add(EpollConnection connection)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var index))
            {
                index = _used++;
                if (index == _slots.Length)
                {
                    _slots = CreateSlots(index * 2, _slots);
                }
            }

            var slot = _slots[index];
            slot.Connection = connection;
            return ((ulong)slot.Uses << 32) | (uint)index;
        }
    }

    public void Remove(ulong token)
    {
        lock (_gate)
        {
            var slot = _slots[(int)(uint)token];
            slot.Connection = null;

            // The greatest number stands for no connection: see EpollInstance.
            slot.Uses = (slot.Uses + 1) % int.MaxValue;
            _free.Push((int)(uint)token);
        }
    }

    /// <summary>Finds a connection; null when it has ended.</summary>
    public EpollConnection? Find(ulong token)
    {
        var slot = _slots[(int)(uint)token];
        var connection = slot.Connection;
        return slot.Uses == (uint)(token >> 32) ? connection : null;
    }

    private static Slot[] CreateSlots(int capacity, Slot[] known)
    {
        var slots = new Slot[capacity];
        known.CopyTo(slots, 0);
        for (var i = known.Length; i < capacity; i++)
        {
            slots[i] = new Slot();
        }

        return slots;
    }

    private sealed class Slot
    {
        public volatile EpollConnection? Connection;
        public volatile uint Uses;
    }
}
