using System.Reflection;
using Camshaft.Backends;
using Xunit;

namespace Camshaft.Testing;

/// <summary>
/// What every backend must do, whatever it runs: the contract as facts. A plugin's tests derive from this once per kind of
/// model, and the facts run over the plugin in a real load context.
/// </summary>
/// <remarks>
/// <para>
/// The derived class names the plugin, a model that gives the same answer to the same inputs, and one set of inputs:
/// </para>
/// <code>
/// public sealed class IdentityBackendSuite() : BackendSuite("Sample")
/// {
///     protected override ModelSource CreateModel(TempDirectory directory) =&gt; Source(directory.Write("model.json", …));
///     protected override IReadOnlyList&lt;TestTensor?&gt; CreateInputs() =&gt; [TestTensor.Of([1, 2], 1f, 2f)];
///     protected override IReadOnlyDictionary&lt;string, TestTensor&gt; ExpectedOutputs =&gt; …;
/// }
/// </code>
/// <para>
/// The test project lists the plugin as <c>&lt;PluginReference Include="…csproj" /&gt;</c> and imports
/// <c>plugins/Plugins.targets</c>, which builds it and lays it out under <c>plugins/&lt;Name&gt;</c> beside the tests.
/// </para>
/// </remarks>
public abstract class BackendSuite : IDisposable
{
    private const int ConcurrentInstances = 4;
    private const int Rounds = 25;

    private readonly TempDirectory _directory = new();
    private readonly TestPlugin _plugin;

    /// <summary>Prepares one fact.</summary>
    /// <param name="pluginName">The plugin's folder and assembly name.</param>
    protected BackendSuite(string pluginName) => _plugin = TestPlugin.Load(pluginName);

    /// <summary>The backend under test.</summary>
    protected IBackend Backend => _plugin.Backend;

    /// <summary>The model to run; called once per fact.</summary>
    /// <param name="directory">Where its files may be written.</param>
    protected abstract ModelSource CreateModel(TempDirectory directory);

    /// <summary>One valid set of inputs, in the order of the signature.</summary>
    protected abstract IReadOnlyList<TestTensor?> CreateInputs();

    /// <summary>What the model answers, as far as it is known beforehand: output names and tensors, compared bit for bit.</summary>
    protected virtual IReadOnlyDictionary<string, TestTensor> ExpectedOutputs => new Dictionary<string, TestTensor>();

    /// <summary>Whether a warm run allocates nothing on the managed heap.</summary>
    protected virtual bool RunsWithoutAllocation => true;

    /// <summary>Whether the model file's content decides whether it loads.</summary>
    protected virtual bool ReadsModelFile => true;

    /// <summary>A source for a file, with everything else as the engine has it without a configuration.</summary>
    protected static ModelSource Source(string filePath) => new() { ModelName = "suite", Version = 1, FilePath = filePath };

    [Fact]
    public void Plugin_was_built_against_a_contract_that_the_host_has()
    {
        var attribute = _plugin.Assembly.GetCustomAttribute<CamshaftPluginAttribute>();

        Assert.NotNull(attribute);
        Assert.InRange(attribute.ContractMinor, 0, ContractVersion.Minor);
    }

    [Fact]
    public void Backend_says_what_it_is()
    {
        Assert.Matches("^[a-z0-9_]+$", Backend.Name);
        Assert.NotEmpty(Backend.Platform);
        Assert.NotEmpty(Backend.ModelFileNames);
        Assert.NotEmpty(Backend.DeviceKinds);
    }

    [Fact]
    public void Inspection_gives_nothing_or_the_signature_that_loading_gives()
    {
        var source = CreateModel(_directory);
        using var model = Load(source);

        if (Backend.Inspect(source) is { } inspected)
        {
            Assert.Equal(Describe(model.Signature.Inputs), Describe(inspected.Inputs));
            Assert.Equal(Describe(model.Signature.Outputs), Describe(inspected.Outputs));
        }
    }

    [Fact]
    public void Signature_accepts_the_sample_inputs()
    {
        using var model = Load();

        Assert.All(model.Signature.Inputs.Zip(CreateInputs()), pair =>
        {
            Assert.True(pair.Second is not null || pair.First.IsOptional);
            Assert.True(pair.Second is null || (pair.First.DataType == pair.Second.DataType && pair.First.Shape.Accepts(pair.Second.Shape.Dimensions)));
        });
    }

    [Fact]
    public void Every_output_is_given_and_right()
    {
        using var model = Load();
        var outputs = RunOnce(model);

        Assert.Equal(model.Signature.Outputs.Count, outputs.Count);
        Assert.All(ExpectedOutputs, expected => Assert.Equal(expected.Value, outputs[expected.Key]));
    }

    [Fact]
    public void Outputs_are_the_same_when_no_memory_is_offered_for_them()
    {
        using var model = Load();
        using var instance = CreateInstance(model);
        using var execution = new TestExecution(model.Signature, CreateInputs()) { OffersOutputs = false };
        Run(execution, instance);

        Assert.Equal(RunOnce(model), execution.ReadOutputs());
    }

    [Fact]
    public void Only_requested_outputs_are_given()
    {
        using var model = Load();
        using var instance = CreateInstance(model);
        var all = RunOnce(model);

        Assert.All(model.Signature.Outputs, output =>
        {
            using var execution = new TestExecution(model.Signature, CreateInputs(), output.Name);
            Run(execution, instance);

            // ReadOutputs fails when an output that nobody asked for was given.
            Assert.Equal(all[output.Name], Assert.Single(execution.ReadOutputs()).Value);
        });
    }

    [Fact]
    public void An_instance_gives_the_same_answer_again_and_again()
    {
        using var model = Load();
        using var instance = CreateInstance(model);
        using var execution = new TestExecution(model.Signature, CreateInputs());
        var first = RunOnce(model);

        for (var round = 0; round < Rounds; round++)
        {
            Run(execution, instance);
            Assert.Equal(first, execution.ReadOutputs());
        }
    }

    [Fact]
    public void Instances_of_one_model_run_at_the_same_time_and_agree()
    {
        using var model = Load();
        var expected = RunOnce(model);

        Parallel.For(0, ConcurrentInstances, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentInstances }, index =>
        {
            using var instance = CreateInstance(model, index);
            using var execution = new TestExecution(model.Signature, CreateInputs());
            for (var round = 0; round < Rounds; round++)
            {
                Run(execution, instance);
                Assert.Equal(expected, execution.ReadOutputs());
            }
        });
    }

    [Fact]
    public void Outputs_outlive_the_instance_that_gave_them()
    {
        using var model = Load();
        using var execution = new TestExecution(model.Signature, CreateInputs()) { OffersOutputs = false };
        using (var instance = CreateInstance(model))
        {
            Run(execution, instance);
        }

        Assert.Equal(RunOnce(model), execution.ReadOutputs());
    }

    [Fact]
    public void Disposing_one_model_leaves_another_of_the_same_file_alone()
    {
        var source = CreateModel(_directory);
        using var kept = Load(source);
        var expected = RunOnce(kept);
        Load(source).Dispose();

        Assert.Equal(expected, RunOnce(kept));
    }

    [Fact]
    public void A_cancelled_run_ends_as_cancelled_or_well_and_leaves_the_instance_usable()
    {
        using var model = Load();
        using var instance = CreateInstance(model);
        using var execution = new TestExecution(model.Signature, CreateInputs());
        var expected = RunOnce(model);

        try
        {
            if (execution.Run(instance, new CancellationToken(canceled: true)) is { IsOk: false } status)
            {
                Assert.Equal(StatusCode.Cancelled, status.Code);
            }
        }
        catch (OperationCanceledException)
        {
            // The other way that the contract allows.
        }

        Run(execution, instance);
        Assert.Equal(expected, execution.ReadOutputs());
    }

    [Fact]
    public void A_missing_model_file_is_refused_by_its_path()
    {
        var source = CreateModel(_directory);
        Assert.SkipUnless(ReadsModelFile, "The backend does not read its model file.");
        var missing = source with { FilePath = Path.Combine(_directory.FullPath, "absent", Path.GetFileName(source.FilePath)) };

        var refusal = Assert.Throws<BackendException>(() => Load(missing));
        Assert.Contains(missing.FilePath, refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual(StatusCode.Internal, refusal.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0001\u00ff this is no model of any kind {[<")]
    public void A_file_that_is_no_model_is_refused_by_its_path(string content)
    {
        var source = CreateModel(_directory);
        Assert.SkipUnless(ReadsModelFile, "The backend does not read its model file.");
        var bad = source with { FilePath = _directory.Write(Path.Combine("bad", Path.GetFileName(source.FilePath)), System.Text.Encoding.UTF8.GetBytes(content)) };

        var refusal = Assert.Throws<BackendException>(() => Load(bad));
        Assert.Contains(bad.FilePath, refusal.Message, StringComparison.Ordinal);
        Assert.NotEqual(StatusCode.Internal, refusal.Code);
    }

    [Fact]
    public void Footprint_is_never_negative()
    {
        using var model = Load();

        Assert.True(model.Footprint is { HostByteSize: >= 0, DeviceByteSize: >= 0 });
    }

    [Fact]
    public void A_warm_run_allocates_nothing()
    {
        Assert.SkipUnless(RunsWithoutAllocation, "The backend does not claim it.");
        using var model = Load();
        using var instance = CreateInstance(model);
        using var execution = new TestExecution(model.Signature, CreateInputs());

        AllocationAssert.NoneWhenWarm(() => execution.Run(instance));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Describe(IReadOnlyList<TensorSpec> tensors)
        => string.Join("; ", tensors.Select(tensor => $"{tensor.Name} {tensor.DataType.Name} {tensor.Shape} [{string.Join(",", tensor.Symbols)}] {tensor.BatchAxis} {tensor.IsOptional}"));

    private static void Run(TestExecution execution, IModelInstance instance)
    {
        var status = execution.Run(instance);
        Assert.True(status.IsOk, status.Message);
    }

    private static IModelInstance CreateInstance(ILoadedModel model, int laneIndex = 0) => model.CreateInstance(new TestDevice().CreateLane(laneIndex));

    private ILoadedModel Load() => Load(CreateModel(_directory));

    private ILoadedModel Load(ModelSource source) => Backend.Load(source, new TestDevice(), TestContext.Current.CancellationToken);

    private IReadOnlyDictionary<string, TestTensor> RunOnce(ILoadedModel model)
    {
        using var instance = CreateInstance(model);
        using var execution = new TestExecution(model.Signature, CreateInputs());
        Run(execution, instance);
        return execution.ReadOutputs();
    }
}
