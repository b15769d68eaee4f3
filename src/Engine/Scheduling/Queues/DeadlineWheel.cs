using Camshaft.Engine.Inference;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>
/// Requests by the millisecond of their deadline, in a ring of lists: adding and removing one takes the same short time
/// however many there are, and no memory. Guarded by the scheduler's lock.
/// </summary>
internal sealed class DeadlineWheel(TimeProvider timeProvider)
{
    /// <summary>How exactly deadlines are kept.</summary>
    public static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    private const int SlotCount = 512;

    private readonly InferenceRequest?[] _slots = new InferenceRequest?[SlotCount];
    private readonly long _ticksPerSlot = Math.Max(1, timeProvider.TimestampFrequency / 1000);
    private long _turned = timeProvider.GetTimestamp() / Math.Max(1, timeProvider.TimestampFrequency / 1000);

    public void Add(InferenceRequest request)
    {
        request.WatchesDeadline = true;
        ref var first = ref _slots[GetSlot(request)];
        request.DeadlineLinks.Next = first;
        if (first is not null)
        {
            first.DeadlineLinks.Previous = request;
        }

        first = request;
    }

    public void Remove(InferenceRequest request)
    {
        ref var links = ref request.DeadlineLinks;
        if (links.Previous is null)
        {
            _slots[GetSlot(request)] = links.Next;
        }
        else
        {
            links.Previous.DeadlineLinks.Next = links.Next;
        }

        if (links.Next is not null)
        {
            links.Next.DeadlineLinks.Previous = links.Previous;
        }

        links = default;
        request.WatchesDeadline = false;
    }

    /// <summary>Turns the ring to a moment and takes one request whose deadline has passed off it; null when no more is due.</summary>
    public InferenceRequest? TakeExpired(long now)
    {
        var target = now / _ticksPerSlot;

        // One whole turn sees every slot, however long the last turn is ago.
        _turned = Math.Max(_turned, target - SlotCount);
        for (; _turned <= target; _turned++)
        {
            for (var request = _slots[_turned % SlotCount]; request is not null; request = request.DeadlineLinks.Next)
            {
                if (request.Deadline <= now)
                {
                    Remove(request);
                    return request;
                }
            }
        }

        // The present slot is looked at again: some of its deadlines may still be ahead.
        _turned = target;
        return null;
    }

    /// <summary>The earliest of the deadlines, after looking at each; <see cref="long.MaxValue"/> when there is none.</summary>
    public long FindEarliest()
    {
        var earliest = long.MaxValue;
        foreach (var first in _slots)
        {
            for (var request = first; request is not null; request = request.DeadlineLinks.Next)
            {
                earliest = Math.Min(earliest, request.Deadline);
            }
        }

        return earliest;
    }

    private int GetSlot(InferenceRequest request) => (int)(request.Deadline / _ticksPerSlot % SlotCount);
}
