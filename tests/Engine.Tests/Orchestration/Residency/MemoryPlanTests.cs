using Camshaft.Engine.Orchestration.Residency;

namespace Camshaft.Engine.Tests.Orchestration.Residency;

public sealed class MemoryPlanTests
{
    private const long Gigabyte = 1L << 30;

    [Fact]
    public void Without_a_container_models_have_no_bound() =>
        Assert.Equal(new MemoryPlan(Gigabyte, long.MaxValue), MemoryPlan.Make(new EngineOptions(), null));

    [Theory]
    [InlineData(Gigabyte / 2)]
    [InlineData(2 * Gigabyte)]
    [InlineData(64 * Gigabyte)]
    public void In_a_container_all_parts_fit_its_limit(long limit)
    {
        var plan = MemoryPlan.Make(new EngineOptions(), limit);

        Assert.True(plan is { TensorByteSize: > 0, ModelByteSize: > 0 });
        Assert.InRange(plan.TensorByteSize + plan.ModelByteSize, limit / 2, limit - (128L << 20));
    }

    [Fact]
    public void What_is_given_stays() =>
        Assert.Equal(new MemoryPlan(1, 2), MemoryPlan.Make(new EngineOptions { TensorMemoryBudgetBytes = 1, ModelMemoryBudgetBytes = 2 }, Gigabyte));
}
