using Camshaft.Engine.Batching;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Models;
using Camshaft.Engine.Scheduling.Planning;

namespace Camshaft.Engine.Scheduling.Queues;

/// <summary>
/// Requests of one version of a model that wait for a lane, all of shapes that can join; by priority and then in order of
/// arrival. Also what the scheduler knows of their runs. Guarded by the scheduler's lock.
/// </summary>
internal sealed class ModelQueue
{
    // A model is short when its runs take up to 100 µs on average: then the way through another thread costs as much as
    // the run. Where others wait for the caller's thread it is 10 µs: sixteen of them are through before a lane has woken up.
    // Before 32 runs the average says little.
    private const int RunsBeforeInline = 32;
    private const double InlineMicroseconds = 100;
    private const double InlineBeforeOthersMicroseconds = 10;

    private readonly RequestList[] _levels;
    private double _meanRunTicks;
    private double _meanRows;
    private long _runs;
    private int _rows;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="share">What it has in common with the model's other queues.</param>
    /// <param name="index">Its place among the scheduler's queues.</param>
    /// <param name="planner">How large its batches should be.</param>
    /// <param name="priorityLevels">How many priorities there are, 1 or more.</param>
    public ModelQueue(ModelShare share, int index, BatchPlanner planner, int priorityLevels)
    {
        Share = share;
        Index = index;
        Planner = planner;
        MaxRows = planner.Plan.MaxRows;
        _levels = new RequestList[priorityLevels];
    }

    public ModelShare Share { get; }

    public ModelVersion Model => Share.Model;

    /// <summary>The queue's place among the scheduler's queues.</summary>
    public int Index { get; }

    /// <summary>The most rows of a batch; 1 = requests run alone.</summary>
    public int MaxRows { get; }

    public BatchPlanner Planner { get; }

    /// <summary>How many rows wait. Any thread.</summary>
    public int RowsWaiting => Volatile.Read(ref _rows);

    /// <summary>How many rows batches had lately. Any thread.</summary>
    public int RecentBatchRows => (int)Math.Round(Volatile.Read(ref _meanRows));

    public InferenceRequest? First
    {
        get
        {
            foreach (ref readonly var level in _levels.AsSpan())
            {
                if (level.First is { } first)
                {
                    return first;
                }
            }

            return null;
        }
    }

    /// <summary>Puts a request behind those of its priority, except that rows of one slab stay in their order: two callers may come here in another than the one in which they took them.</summary>
    public void Append(InferenceRequest request, ref QueueState state)
    {
        ref var level = ref _levels[GetLevel(request)];
        var before = level.Last;
        while (request.Slab is not null && before?.Slab == request.Slab && before.SlabRow > request.SlabRow)
        {
            before = before.QueueLinks.Previous;
        }

        level.InsertBehind(request, before);
        Count(request, 1, ref state);
    }

    /// <summary>Puts a request back before all others of its priority.</summary>
    public void Prepend(InferenceRequest request, ref QueueState state)
    {
        _levels[GetLevel(request)].Prepend(request);
        Count(request, 1, ref state);
    }

    /// <summary>Takes the head and those behind it that can run with it.</summary>
    /// <param name="rowLimit">The most rows together; a head that has more comes alone.</param>
    /// <param name="state">The queue's state.</param>
    /// <returns>The first of the batch; the others follow by <see cref="InferenceRequest.NextInBatch"/>.</returns>
    public InferenceRequest TakeBatch(int rowLimit, ref QueueState state)
    {
        var head = First!;
        Remove(head, ref state);
        var batch = new GatheredBatch(head, Math.Min(rowLimit, MaxRows));
        while (First is { } next && batch.CanJoin(next))
        {
            Remove(next, ref state);
            batch.Add(next);
        }

        return batch.First;
    }

    public void Remove(InferenceRequest request, ref QueueState state)
    {
        _levels[GetLevel(request)].Remove(request);
        Count(request, -1, ref state);
    }

    /// <summary>Takes a run into the means; recent runs weigh more, so that they follow what the model does now.</summary>
    public void RecordRun(long ticks, int rows)
    {
        _runs++;
        var weight = 1.0 / Math.Min(_runs, RunsBeforeInline);
        _meanRunTicks += (ticks - _meanRunTicks) * weight;
        Volatile.Write(ref _meanRows, _meanRows + ((rows - _meanRows) * weight));
    }

    public bool IsShort(long timestampFrequency, bool othersWait) =>
        _runs >= RunsBeforeInline && _meanRunTicks * 1e6 <= (othersWait ? InlineBeforeOthersMicroseconds : InlineMicroseconds) * timestampFrequency;

    private int GetLevel(InferenceRequest request) =>
        request.Priority == 0 ? (_levels.Length - 1) / 2 : (int)Math.Min(request.Priority, (ulong)_levels.Length) - 1;

    private void Count(InferenceRequest request, int sign, ref QueueState state)
    {
        _rows += sign * request.RowCount;
        Share.Depth += sign;
        state.Depth += sign;
        state.Rows = _rows;
        var head = First;
        state.HeadSequence = head?.Sequence ?? long.MaxValue;
        state.HeadQueued = head?.Timings.Received ?? 0;
        state.HeadDeadline = head?.Deadline ?? long.MaxValue;
        state.HeadSoftDeadline = head is null ? long.MaxValue : Share.GetSoftDeadline(head);
        state.HeadRows = head?.RowCount ?? 0;
        state.HeadPriority = head is null ? 0 : GetLevel(head) + 1;
    }
}
