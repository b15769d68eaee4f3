using Camshaft.Backends;
using Camshaft.Testing;

namespace Camshaft.Plugins.Sample.Tests;

/// <summary>The suite that every backend passes, over sum and difference.</summary>
public sealed class AddSubSuite() : BackendSuite("Sample")
{
    private static readonly int[] Left = [.. Enumerable.Range(0, 32)];
    private static readonly int[] Right = [.. Enumerable.Range(0, 32).Select(static value => value * value)];

    protected override IReadOnlyDictionary<string, TestTensor> ExpectedOutputs => new Dictionary<string, TestTensor>
    {
        ["OUTPUT0"] = Tensor(Left.Zip(Right, static (left, right) => left + right)),
        ["OUTPUT1"] = Tensor(Left.Zip(Right, static (left, right) => left - right)),
    };

    protected override ModelSource CreateModel(TempDirectory directory) => Source(directory.Write("model.sample", "operation: add_sub\n"u8));

    protected override IReadOnlyList<TestTensor?> CreateInputs() => [Tensor(Left), Tensor(Right)];

    private static TestTensor Tensor(IEnumerable<int> values) => TestTensor.Of(DataType.Int32, [2, 16], [.. values]);
}
