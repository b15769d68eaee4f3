using System.Diagnostics.CodeAnalysis;

namespace Camshaft.Transport.Binary.Requests;

/// <summary>
/// The handles of one connection. A number is a slot and how often the slot was used before, so that one that was closed
/// is not taken for its successor. Any thread: models that wait for the server's first loads are opened beside the receive loop.
/// </summary>
internal sealed class HandleTable(int limit)
{
    private const int SlotBits = 16;
    private const int SlotMask = (1 << SlotBits) - 1;

    private readonly Lock _gate = new();
    private readonly List<Slot> _slots = [];
    private readonly Stack<int> _free = [];

    /// <summary>Gives a model a handle.</summary>
    /// <returns><see langword="false"/> when as many are open as may be.</returns>
    public bool TryAdd(ModelHandle model, out uint handle)
    {
        lock (_gate)
        {
            handle = 0;
            if (!_free.TryPop(out var index))
            {
                if (_slots.Count == limit)
                {
                    return false;
                }

                index = _slots.Count;
                _slots.Add(default);
            }

            _slots[index] = _slots[index] with { Model = model };
            handle = ((uint)_slots[index].Uses << SlotBits) | (uint)index;
            return true;
        }
    }

    public bool TryGet(uint handle, [NotNullWhen(true)] out ModelHandle? model)
    {
        lock (_gate)
        {
            model = Find(handle, out var index) ? _slots[index].Model : null;
            return model is not null;
        }
    }

    /// <returns><see langword="false"/> when there is no such handle.</returns>
    public bool TryRemove(uint handle)
    {
        lock (_gate)
        {
            if (!Find(handle, out var index) || _slots[index].Model is null)
            {
                return false;
            }

            _slots[index] = new Slot(null, unchecked((ushort)(_slots[index].Uses + 1)));
            _free.Push(index);
            return true;
        }
    }

    private bool Find(uint handle, out int index)
    {
        index = (int)(handle & SlotMask);
        return index < _slots.Count && _slots[index].Uses == handle >> SlotBits;
    }

    private readonly record struct Slot(ModelHandle? Model, ushort Uses);
}
