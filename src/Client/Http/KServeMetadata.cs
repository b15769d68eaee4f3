using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;

namespace Camshaft.Client.Http;

/// <summary>Reads a model's metadata as KServe V2 has it. What is wrong is an exception of the reader's.</summary>
internal static class KServeMetadata
{
    /// <summary>The highest version that the server names; 0 for none.</summary>
    public static long ReadVersion(JsonElement metadata)
    {
        long highest = 0;
        if (metadata.TryGetProperty("versions", out var versions) && versions.ValueKind == JsonValueKind.Array)
        {
            foreach (var version in versions.EnumerateArray())
            {
                highest = long.TryParse(version.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Max(highest, number) : highest;
            }
        }

        return highest;
    }

    public static ModelSignature ReadSignature(JsonElement metadata) =>
        new(metadata.GetProperty("inputs").EnumerateArray().Select(ReadTensor), metadata.GetProperty("outputs").EnumerateArray().Select(ReadTensor));

    public static DataType ReadDataType(JsonElement tensor) => DataTypes.TryParse(tensor.GetProperty("datatype").GetString(), out var dataType)
        ? dataType
        : throw new FormatException($"The datatype '{tensor.GetProperty("datatype")}' is not known.");

    public static Shape ReadShape(JsonElement tensor) => new([.. tensor.GetProperty("shape").EnumerateArray().Select(static length => length.GetInt64())]);

    private static TensorSpec ReadTensor(JsonElement tensor) => new(tensor.GetProperty("name").GetString()!, ReadDataType(tensor), ReadShape(tensor))
    {
        IsOptional = tensor.TryGetProperty("optional", out var optional) && optional.ValueKind == JsonValueKind.True,
    };
}
