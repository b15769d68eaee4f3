using System.Globalization;
using Camshaft.Backends;
using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>The part of <c>model.yaml</c> that says how a model is warmed up: a word, or samples.</summary>
internal sealed class WarmUpSection(YamlReader yaml, Func<DataType> readDataType, Func<Shape> readShape)
{
    // Each runs for every size of batch before the model serves.
    private const int MaxSamples = 16;
    private const int MaxInputs = 4096;
    private const int MaxValues = 65_536;

    public ModelConfiguration Read(ModelConfiguration configuration)
    {
        if (!yaml.IsAtScalar)
        {
            var samples = yaml.ReadList("warm_up (auto, none, or samples)", MaxSamples, ReadSample);
            return samples.Count > 0 ? configuration with { WarmUpSamples = Name(samples) } : throw yaml.Fail("warm_up has no sample; say auto or none instead");
        }

        var text = yaml.ReadText("warm_up");
        return configuration with
        {
            WarmUp = text switch
            {
                "auto" => WarmUpMode.Auto,
                "none" => WarmUpMode.None,
                _ => throw yaml.Fail($"warm_up is '{text}'; expected auto, none, or a list of samples"),
            },
        };
    }

    private static List<WarmUpSample> Name(List<WarmUpSample> samples) =>
        [.. samples.Select(static (sample, index) => sample.Name.Length > 0 ? sample : sample with { Name = (index + 1).ToString(CultureInfo.InvariantCulture) })];

    private WarmUpSample ReadSample()
    {
        var sample = new WarmUpSample("");
        yaml.ReadMembers("a warm-up sample", new Dictionary<string, Action>
        {
            ["name"] = () => sample = sample with { Name = yaml.ReadText("name") },
            ["inputs"] = () => sample = sample with { Inputs = ReadInputs() },
        });
        return sample;
    }

    private List<WarmUpInput> ReadInputs()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return yaml.ReadList("inputs", MaxInputs, () =>
        {
            var input = ReadInput();
            return names.Add(input.Name) ? input : throw yaml.Fail($"the input '{input.Name}' is in the sample twice");
        });
    }

    private WarmUpInput ReadInput()
    {
        var input = new WarmUpInput("");
        yaml.ReadMembers("an input of a warm-up sample", new Dictionary<string, Action>
        {
            ["name"] = () => input = input with { Name = yaml.ReadText("name") },
            ["datatype"] = () => input = input with { DataType = readDataType() },
            ["shape"] = () => input = input with { Shape = ReadFixedShape() },
            ["data"] = () => Set(ReadKind()),
            ["value"] = () => Set(new WarmUpData.Constant(yaml.ReadText("value"))),
            ["values"] = () => Set(new WarmUpData.Listed(yaml.ReadList("values", MaxValues, () => yaml.ReadText("a value")))),
            ["file"] = () => Set(new WarmUpData.FromFile(ReadFileName())),
        });
        return input.Name.Length > 0 ? input : throw yaml.Fail("an input of a warm-up sample needs a name");

        void Set(WarmUpData data) =>
            input = input.Data is null ? input with { Data = data } : throw yaml.Fail("an input of a warm-up sample has one of data, value, values and file");
    }

    private WarmUpData ReadKind()
    {
        var text = yaml.ReadText("data");
        return text switch
        {
            "zeros" => new WarmUpData.Zeros(),
            "random" => new WarmUpData.Random(),
            _ => throw yaml.Fail($"data is '{text}'; expected zeros or random"),
        };
    }

    private Shape ReadFixedShape()
    {
        var shape = readShape();
        return shape.IsFixed ? shape : throw yaml.Fail($"the shape of a sample is {shape}; expected one without variable lengths");
    }

    private string ReadFileName()
    {
        var text = yaml.ReadText("file");
        return text is not ("." or "..") && text.AsSpan().IndexOfAny('/', '\\', '\0') < 0
            ? text
            : throw yaml.Fail($"file is '{text}'; expected the name of a file in the model's directory 'warmup'");
    }
}
