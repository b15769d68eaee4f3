using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Camshaft.Server.Configuration;

/// <summary>Every setting there is, as <see cref="ServerOptions"/> and the sections in it describe them.</summary>
internal static class Settings
{
    /// <summary>All of them, in the order in which they are declared.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Describe(new ServerOptions(), [])];

    /// <summary>Finds one by its name's parts; null when there is none.</summary>
    public static Setting? Find(string[] name) => All.FirstOrDefault(setting => setting.Matches(name));

    private static IEnumerable<Setting> Describe(object section, string[] prefix)
    {
        foreach (var property in section.GetType().GetProperties())
        {
            string[] parts = [.. prefix, JsonNamingPolicy.CamelCase.ConvertName(property.Name)];
            var value = property.GetValue(section);
            if (property.GetCustomAttribute<SettingAttribute>() is not { } about)
            {
                foreach (var nested in Describe(value!, parts))
                {
                    yield return nested;
                }
            }
            else if (about.KeyNames.Length > 0)
            {
                foreach (var nested in DescribeDictionary(property.PropertyType, about, parts))
                {
                    yield return nested;
                }
            }
            else
            {
                yield return Create(property.PropertyType, about, parts, value, property.GetCustomAttribute<AllowedValuesAttribute>()?.Values);
            }
        }
    }

    private static IEnumerable<Setting> DescribeDictionary(Type type, SettingAttribute about, string[] prefix)
    {
        var parts = prefix;
        foreach (var key in about.KeyNames)
        {
            type = type.GetGenericArguments()[1];
            parts = [.. parts, $"<{key}>"];
        }

        return type == typeof(string) ? [Create(type, about, parts, value: null)] : Describe(Activator.CreateInstance(type)!, parts);
    }

    private static Setting Create(Type type, SettingAttribute about, string[] parts, object? value, object?[]? allowedValues = null)
    {
        var valueType = type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
        return new Setting
        {
            Parts = parts,
            Kind = type.IsArray ? SettingKind.List : SettingKind.Value,
            About = about,
            Default = about.Default ?? Format(value),
            AllowedValues = valueType.IsEnum ? [.. Enum.GetNames(valueType).Select(JsonNamingPolicy.CamelCase.ConvertName)] : [.. (allowedValues ?? []).Cast<string>()],
            ValueType = valueType,
        };
    }

    private static string Format(object? value) => value switch
    {
        null or "" => "none",
        Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!),
        bool flag => flag ? "true" : "false",
        ICollection { Count: 0 } => "none",
        string[] list => string.Join(", ", list),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
