namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>
/// How the operating system divides processors between the threads of the lanes: in proportion to their priorities' weights,
/// and no thread gets more than one processor. From Linux' table: nice 0 weighs 1024, nice 10 weighs 110.
/// </summary>
internal static class ProcessorSharing
{
    private const double NormalWeight = 1024;
    private const double NicedWeight = 110;

    /// <summary>The part of a processor, up to 1, that each thread of normal priority gets.</summary>
    /// <param name="cores">The processors.</param>
    /// <param name="normal">The threads of normal priority that run, 1 or more.</param>
    /// <param name="niced">The niced threads that run.</param>
    public static double GetNormalShare(int cores, int normal, int niced)
    {
        var all = (normal * NormalWeight) + (niced * NicedWeight);

        // A niced thread that reaches a whole processor leaves the others what it cannot use.
        return cores * NicedWeight >= all
            ? Math.Min(1, (double)(cores - niced) / normal)
            : Math.Min(1, cores * NormalWeight / all);
    }

    /// <summary>The part of a processor, up to 1, that each niced thread gets.</summary>
    /// <param name="cores">The processors.</param>
    /// <param name="normal">The processors' time, in processors, that threads of normal priority take.</param>
    /// <param name="niced">The niced threads that run, 1 or more.</param>
    public static double GetNicedShare(int cores, double normal, int niced) => Math.Clamp((cores - normal) / niced, 0, 1);
}
