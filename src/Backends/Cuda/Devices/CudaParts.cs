namespace Camshaft.Backends.Cuda.Devices;

/// <summary>
/// Whose a GPU's multiprocessors are, in groups of the fewest that it can be divided by: some are reserved for models with a share of their
/// own, where the options want it, and all others' work stays on the rest. No two models' parts have a multiprocessor in common. Any thread.
/// </summary>
internal sealed class CudaParts : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CudaContext _context;
    private readonly int _ordinal;
    private readonly List<CudaPart> _given = [];
    private CudaMultiprocessors? _all;
    private int _reservedGroups;
    private CudaGreenContext? _rest;

    /// <summary>Reserves nothing yet.</summary>
    public CudaParts(CudaContext context, int ordinal)
    {
        _context = context;
        _ordinal = ordinal;
    }

    /// <summary>Where work of models without a share runs; null = anywhere.</summary>
    public CudaGreenContext? Rest => _rest;

    /// <summary>How many multiprocessors are set aside for models with a share.</summary>
    public int ReservedCount => _rest is null ? 0 : _reservedGroups * _all!.GroupSize;

    // Without a reserve, parts are made of any groups.
    private int AvailableGroups => _rest is null ? _all!.GroupCount : _reservedGroups;

    /// <summary>Sets a part of the multiprocessors aside, rounded up to what can be divided. Before the first stream is made.</summary>
    /// <returns>Why that cannot be, and nothing is reserved; null = it is.</returns>
    public string? Reserve(double share)
    {
        try
        {
            _all = CudaMultiprocessors.Split(_context);
            var groups = CountGroups(share);
            if (groups >= _all.GroupCount)
            {
                return $"{share} of {_all.Count} multiprocessors, in groups of {_all.GroupSize}, leaves none for models without a share";
            }

            _rest = CudaGreenContext.Create(_context, _all, [.. Enumerable.Range(groups, _all.GroupCount - groups)], withRest: true);
            _reservedGroups = groups;
            return null;
        }
        catch (Exception exception) when (exception is CudaUnavailableException or CudaException)
        {
            return exception.Message;
        }
    }

    /// <summary>Gives multiprocessors to a model: those that another of its versions has, if these are as many, else free ones.</summary>
    /// <exception cref="BackendException">Not that many are free.</exception>
    /// <exception cref="CudaUnavailableException">The driver cannot divide devices.</exception>
    /// <exception cref="CudaException">The device cannot be divided.</exception>
    public CudaPart Rent(AcceleratorTerms terms)
    {
        lock (_gate)
        {
            _all ??= CudaMultiprocessors.Split(_context);
            var count = CountGroups(terms.ProcessorShare);
            if (terms.Model is { } model && _given.Find(part => part.Model == model && part.Groups.Count == count) is { } shared)
            {
                shared.HolderCount++;
                return shared;
            }

            int[] free = [.. Enumerable.Range(0, AvailableGroups).Where(group => !_given.Exists(part => part.Groups.Contains(group)))];
            if (free.Length < count)
            {
                throw Refuse(terms, count, free.Length);
            }

            var part = new CudaPart(this, CudaGreenContext.Create(_context, _all, free.AsSpan(0, count)), terms.Model, free[..count]);
            _given.Add(part);
            return part;
        }
    }

    /// <summary>Takes a part back from one of its holders.</summary>
    public void Return(CudaPart part, CudaGreenContext green)
    {
        lock (_gate)
        {
            if (--part.HolderCount == 0)
            {
                green.Dispose();
                _given.Remove(part);
            }
        }
    }

    /// <summary>Ends the rest, after the last stream on it.</summary>
    public void Dispose() => _rest?.Dispose();

    // What is left over behind the groups makes no part: all of the device is all of its groups.
    private int CountGroups(double share) => Math.Clamp((int)Math.Ceiling(Math.Round(share * _all!.Count / _all.GroupSize, 9)), 1, _all.GroupCount);

    private BackendException Refuse(AcceleratorTerms terms, int groups, int freeGroups) => new(
        StatusCode.ResourceExhausted,
        $"{terms.Owner} asks for a 'device_share' of {terms.ProcessorShare}, which is {groups * _all!.GroupSize} of the {_all.Count} multiprocessors of GPU {_ordinal} in groups of {_all.GroupSize}; "
        + $"{freeGroups * _all.GroupSize} of the {AvailableGroups * _all.GroupSize} {(_rest is null ? "that can be given" : "that are reserved for such models")} are free.");
}
