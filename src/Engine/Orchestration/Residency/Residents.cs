using Camshaft.Engine.Models;

namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>
/// The versions that have bytes of the budget, how many each, and which of them leave first where there are too few. One thread at a time.
/// </summary>
/// <param name="ledger">The budget; what the versions here have of it is entered by nobody else.</param>
/// <param name="minimumResidency">How long a version is to stay unless its configuration says otherwise.</param>
internal sealed class Residents(MemoryLedger ledger, TimeSpan minimumResidency)
{
    // What does not end may hold its memory for ever; after this others leave in its place.
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(5);

    private readonly List<Resident> _residents = [];

    /// <summary>The budget.</summary>
    public MemoryLedger Ledger => ledger;

    /// <summary>Finds what a version has; null when it has nothing.</summary>
    public Resident? Find(ModelVersion version) => _residents.Find(resident => resident.Version == version);

    /// <summary>Says why a version can never have what it asks for, whoever leaves; null when it can.</summary>
    public string? FindObstacle(RoomRequest request)
    {
        var basis = request.History.ByteSize is null ? "by the size of its files" : "measured in memory";
        if (request.ByteSize > ledger.Limit)
        {
            return $"it takes {request.ByteSize} bytes ({basis}), more than the memory budget for models, {ledger.Limit} bytes";
        }

        var pinned = _residents.Where(resident => resident.Version.Configuration.Memory.IsPinned && resident.Version != request.Version).Sum(static resident => resident.ByteSize);
        return request.ByteSize > ledger.Limit - pinned
            ? $"it takes {request.ByteSize} bytes ({basis}), and pinned models leave {ledger.Limit - pinned} bytes of the memory budget for models, {ledger.Limit} bytes"
            : null;
    }

    /// <summary>Gives a version the bytes that it asks for, if they are there.</summary>
    public bool TryAdd(RoomRequest request, TimeSpan now)
    {
        if (!ledger.TryTake(request.ByteSize))
        {
            return false;
        }

        _residents.Add(new Resident(request.Version, request.History, request.ByteSize, now));
        return true;
    }

    /// <summary>Takes a version's bytes back.</summary>
    public void Remove(Resident resident, TimeSpan now)
    {
        resident.UpdateFrequency(now);
        _residents.Remove(resident);
        ledger.Change(resident.ByteSize, 0);
    }

    /// <summary>Enters what a version was measured to take, if it still has anything.</summary>
    public void Measure(Resident resident, long measured)
    {
        if (!_residents.Contains(resident))
        {
            return;
        }

        // What a model took once, for large batches or many at once, it takes again when they come.
        var byteSize = Math.Max(measured, resident.History.ByteSize ?? 0);
        ledger.Change(resident.ByteSize, byteSize);
        resident.ByteSize = byteSize;
        resident.History.ByteSize = byteSize;
    }

    /// <summary>Takes note of how many requests there have been.</summary>
    public void UpdateFrequencies(TimeSpan now)
    {
        foreach (var resident in _residents)
        {
            resident.UpdateFrequency(now);
        }
    }

    /// <summary>The versions that serve and are to go on with that.</summary>
    public List<Resident> ListServing() => _residents.FindAll(static resident => resident is { IsServing: true, LeavingSince: null });

    /// <summary>Says who is to leave so that bytes come free, beside those that are on their way.</summary>
    /// <returns>None when nobody has to, or when all who may leave would not do.</returns>
    public List<Resident> ChooseToLeave(long byteSize, TimeSpan now)
    {
        byteSize -= _residents.Where(resident => now - resident.LeavingSince < LongestLeave).Sum(static resident => resident.ByteSize);
        if (byteSize <= 0)
        {
            return [];
        }

        UpdateFrequencies(now);
        var candidates = _residents.FindAll(resident => resident.MayLeave(now, minimumResidency));
        return [.. EvictionChoice.Choose(candidates.ConvertAll(resident => resident.Describe(now)), byteSize).Select(index => candidates[index])];
    }

    /// <summary>Says what takes the budget, for those who find no room.</summary>
    public string Describe(TimeSpan now)
    {
        var (loading, leaving) = (_residents.Count(static resident => !resident.IsServing), _residents.Count(static resident => resident.LeavingSince is not null));
        var staying = ListServing().Count(resident => !resident.MayLeave(now, minimumResidency));
        return $"{_residents.Count} models take {ledger.Used} bytes of the memory budget, {ledger.Limit} bytes; {loading} of them are being loaded, {leaving} end their requests to leave, and {staying} are not to leave";
    }
}
