using System.Diagnostics.CodeAnalysis;
using Camshaft.Backends;
using Camshaft.Engine.Memory.Shared;

namespace Camshaft.Transport.Binary.Regions;

/// <summary>
/// The regions of one connection, by the numbers that its client has given them. One that was unregistered can be used no more, and keeps its number and its
/// part of the limits until the last use has ended. The receive loop adds; any thread takes away.
/// </summary>
internal sealed class RegionTable(SharedMemoryOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Entry> _regions = [];
    private long _byteSize;
    private int _leaving;
    private bool _isClosed;

    /// <summary>Whether a region of some size may be added under a number.</summary>
    public InferenceStatus Check(uint number, long byteSize)
    {
        lock (_gate)
        {
            return _regions.TryGetValue(number, out var entry) ? new InferenceStatus(StatusCode.AlreadyExists, $"Region {number} is registered{(entry.Unregister == 0 ? "" : ", and in use until it has left")}.")
                : _regions.Count >= options.RegionLimit ? new InferenceStatus(StatusCode.ResourceExhausted, $"The connection has {options.RegionLimit} regions, as many as it may.")
                : byteSize > options.RegionByteSizeLimit - _byteSize ? new InferenceStatus(StatusCode.ResourceExhausted, $"A region of {byteSize} bytes, beside {_byteSize} bytes of others, is more than the {options.RegionByteSizeLimit} that a connection may have.")
                : InferenceStatus.Ok;
        }
    }

    /// <summary>Adds a region, whose first share it takes over. After <see cref="Check"/>.</summary>
    public void Add(uint number, SharedRegion region)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _regions.Add(number, new Entry(region, 0));
                _byteSize += region.ByteSize;
                return;
            }
        }

        region.Release();
    }

    /// <summary>Takes a share in a region, for a request.</summary>
    public bool TryLease(uint number, [NotNullWhen(true)] out SharedRegion? region)
    {
        lock (_gate)
        {
            region = _regions.TryGetValue(number, out var entry) && entry.Unregister == 0 ? entry.Region.Lease() : null;
            return region is not null;
        }
    }

    /// <summary>Has a region leave, when its last use has ended.</summary>
    /// <param name="number">The region.</param>
    /// <param name="id">The unregister, which is answered then.</param>
    /// <returns><see langword="false"/> when there is no such region.</returns>
    public bool TryLeave(uint number, ulong id)
    {
        SharedRegion region;
        lock (_gate)
        {
            if (!_regions.TryGetValue(number, out var entry) || entry.Unregister != 0)
            {
                return false;
            }

            region = entry.Region;
            _regions[number] = entry with { Unregister = id };
            Volatile.Write(ref _leaving, _leaving + 1);
        }

        region.Release();
        return true;
    }

    /// <summary>Takes a region out that has left.</summary>
    /// <param name="id">The unregister that waits for that.</param>
    public bool TryTakeFree(out ulong id)
    {
        id = 0;
        if (Volatile.Read(ref _leaving) == 0)
        {
            return false;
        }

        lock (_gate)
        {
            foreach (var (number, entry) in _regions)
            {
                if (entry.Unregister != 0 && entry.Region.IsFree)
                {
                    id = entry.Unregister;
                    _regions.Remove(number);
                    _byteSize -= entry.Region.ByteSize;
                    Volatile.Write(ref _leaving, _leaving - 1);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Gives every region back, and takes none any more.</summary>
    /// <returns>The unregisters that have no answer.</returns>
    public List<ulong> Close()
    {
        List<Entry> entries;
        lock (_gate)
        {
            entries = [.. _regions.Values];
            _regions.Clear();
            _byteSize = _leaving = 0;
            _isClosed = true;
        }

        foreach (var entry in entries.Where(static entry => entry.Unregister == 0))
        {
            entry.Region.Release();
        }

        return [.. entries.Select(static entry => entry.Unregister).Where(static id => id != 0)];
    }

    /// <param name="Region">The region.</param>
    /// <param name="Unregister">The request by which it leaves; 0 = it does not.</param>
    private readonly record struct Entry(SharedRegion Region, ulong Unregister);
}
