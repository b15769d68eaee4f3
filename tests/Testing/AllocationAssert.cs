using Xunit;

namespace Camshaft.Testing;

/// <summary>Checks that a warm path takes nothing from the managed heap.</summary>
public static class AllocationAssert
{
    // Enough calls for the runtime to have compiled the path in its final form; less would count the compilation's own objects.
    private const int WarmupCalls = 200;
    private const int Calls = 1000;

    // The runtime takes memory of its own now and then, such as for a lock that is contended for the first time. What a call
    // takes shows in every round; what happens once shows in one.
    private const int Rounds = 3;

    /// <summary>Warms <paramref name="action"/> up, then fails the test when each of three rounds of a thousand calls allocates on this thread.</summary>
    public static void NoneWhenWarm(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Measure(action, WarmupCalls);
        var least = Measure(action, Calls);
        for (var round = 1; round < Rounds && least > 0; round++)
        {
            least = Math.Min(least, Measure(action, Calls));
        }

        Assert.Equal(0, least);
    }

    private static long Measure(Action action, int calls)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < calls; call++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
