using Xunit;

namespace Camshaft.Testing;

/// <summary>Checks that a warm path takes nothing from the managed heap.</summary>
public static class AllocationAssert
{
    // Enough calls for the runtime to have compiled the path in its final form; less would count the compilation's own objects.
    private const int WarmupRounds = 200;
    private const int Rounds = 1000;

    /// <summary>Warms <paramref name="action"/> up, then fails the test when a thousand further calls allocate on this thread.</summary>
    public static void NoneWhenWarm(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Repeat(action, WarmupRounds);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(action, Rounds);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Repeat(Action action, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            action();
        }
    }
}
